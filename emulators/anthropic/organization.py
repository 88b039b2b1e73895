"""One customer of Anthropic: what tests hold in their hands. Joins the parts; the wire is in `api.py`."""

import inspect
import json
import secrets
from collections import deque
from collections.abc import Callable
from typing import Any

from emulators.anthropic.answers import Thought, ToolUse
from emulators.anthropic.faults import Faults
from emulators.anthropic.questions import Question
from emulators.anthropic.recording import Call
from emulators.anthropic.responder import plausible
from emulators.anthropic.schemas import misfit

# Takes the question; gives a JSON value that fits its schema, a text, or a ToolUse. May be a coroutine function.
Responder = Callable[[Question], Any]

MODELS = {
    "claude-haiku-5-5": "Claude Haiku 5.5",
    "claude-sonnet-5-5": "Claude Sonnet 5.5",
    "claude-opus-5-5": "Claude Opus 5.5",
}
LEAST_CACHED = 512  # tokens; a shorter beginning is not cached


class AnswerMisfits(Exception):
    """The script says what structured output would never say."""


class Organization:
    """Script answers with `says`, or set `responder`; serve it with `running(organization)`."""

    def __init__(self, *, api_key: str | None = None, responder: Responder = plausible) -> None:
        self.api_key = api_key or f"sk-ant-api03-{secrets.token_urlsafe(24)}"
        self.responder = responder
        self.models = dict(MODELS)
        self.faults = Faults()
        self.calls: list[Call] = []
        self.url = ""  # where it is served; set by running()
        self._script: deque[tuple[Any, str]] = deque()
        self._cached: set[str] = set()

    def says(self, value: Any, *, times: int = 1, thinking: str = "") -> None:
        """Answer the next calls with this: a JSON value that fits the schema they come with, or a text."""
        self._script.extend([(value, thinking)] * times)

    def uses(self, tool: str, given: Any = None, *, times: int = 1, words: str = "", thinking: str = "") -> None:
        """Answer the next calls by using this tool: any name with any input, as models do that are not held to it."""
        self._script.extend([(ToolUse(tool, {} if given is None else given, words), thinking)] * times)

    def calls_of(self, operation: str) -> list[Call]:
        return [call for call in self.calls if call.operation == operation]

    async def think(self, question: Question) -> Thought:
        """Raises AnswerMisfits."""
        value, thinking = self._script.popleft() if self._script else (self.responder(question), "")
        if inspect.isawaitable(value):
            value = await value
        if isinstance(value, ToolUse):
            if not question.tools:
                raise AnswerMisfits(f"no tools were offered, and {value.name} would be used")
            return Thought(value.words, thinking, value)
        if question.schema is None:
            return Thought(value if isinstance(value, str) else json.dumps(value), thinking)
        if wrong := misfit(value, question.schema):
            raise AnswerMisfits(wrong)
        return Thought(json.dumps(value), thinking)

    def remember(self, constant: str) -> bool:
        """Whether this beginning was asked before."""
        known = constant in self._cached
        if constant:
            self._cached.add(constant)
        return known
