"""The Claude brain: triage by Anthropic's models through their SDK.

`brain.py` joins the parts: `wire.py` puts the question and reads the answer and is pure, `client.py` is the only
input and output, `prompts/` holds what the model is told. What customers wrote goes in as data, redacted
(`ai/redaction.py`); what comes out is untrusted.

Nothing is imported here: the SDK takes seconds to load, and the settings need `config.py` only.
"""
