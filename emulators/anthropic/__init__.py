"""Anthropic's Messages API on localhost, for tests and the demo.

`Organization` is one customer of Anthropic: its key, what its models say and what goes wrong. `running(organization)`
serves it, and the real `anthropic` SDK talks to it. `organization.says({...})` scripts an answer, `uses(...)` the use
of a tool; without a script plain rules answer (`responder.py`, `working.py`). Start reading at `organization.py`;
`api.py` is the wire.

It keeps everything in memory and shares no code with what it tests. It thinks nothing: an answer is a script's or a
rule's. It knows text in and text, structured output or the use of one tool out.
"""

from emulators.anthropic.answers import ToolUse
from emulators.anthropic.faults import FAULTS, Fault
from emulators.anthropic.organization import Organization
from emulators.anthropic.questions import Question
from emulators.anthropic.recording import Call
from emulators.anthropic.serving import running

__all__ = ["FAULTS", "Call", "Fault", "Organization", "Question", "ToolUse", "running"]
