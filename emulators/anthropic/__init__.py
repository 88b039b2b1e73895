"""Anthropic's Messages API on localhost, for tests and the demo.

`Organization` is one customer of Anthropic: its key, what its models say and what goes wrong. `running(organization)`
serves it, and the real `anthropic` SDK talks to it. `organization.says({...})` scripts an answer; without a script a
plain rule answers (`responder.py`). Start reading at `organization.py`; `api.py` is the wire.

It keeps everything in memory and shares no code with what it tests. It thinks nothing: an answer is a script's or a
rule's. It knows text in and text or structured output out; it calls no tools.
"""

from emulators.anthropic.faults import FAULTS, Fault
from emulators.anthropic.organization import Organization
from emulators.anthropic.questions import Question
from emulators.anthropic.recording import Call
from emulators.anthropic.serving import running

__all__ = ["FAULTS", "Call", "Fault", "Organization", "Question", "running"]
