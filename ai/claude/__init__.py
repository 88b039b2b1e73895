"""The Claude brain: triage, drafts and steps of runs by Anthropic's models through their SDK.

`brain.py` joins the parts: `wire.py` (triage), `drafting.py`, `resolving.py` and `phrasing.py` put a question and read
the answer, and are pure; `names.py` keeps names in the house; `client.py` is the only input and output; what the model
is told stands in `prompts/`. What customers wrote goes in as data, redacted (`ai/redaction.py`); what comes out is
untrusted.

Nothing is imported here: the SDK takes seconds to load, and the settings need `config.py` only.
"""
