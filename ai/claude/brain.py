"""The Claude brain. Asks once; every question is entered in the ledger with what it cost, whatever became of it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import structlog

from ai.claude import drafting, wire
from ai.claude.client import Model, Reply
from ai.claude.config import ClaudeConfig
from core.ids import new_id
from core.instants import Clock, utc_now
from ticketing.drafting.draft import Brief, Drafted
from ticketing.triage.model_call import Ledger, ModelCall, Outcome
from ticketing.triage.suggestion import Burst, Sentiment, Suggestion, Vocabulary

NAME = "claude"
_PROMPTS = Path(__file__).parent / "prompts"
T = TypeVar("T")

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Question:
    """`purpose` is for the books."""

    purpose: str
    system: str
    question: str
    schema: dict[str, Any]


class ClaudeBrain:
    """Implements `ticketing.brain.Brain`. `close` it."""

    def __init__(self, config: ClaudeConfig, ledger: Ledger, *, clock: Clock = utc_now) -> None:
        self._config = config
        self._model = Model(config)
        self._ledger = ledger
        self._clock = clock

    async def triage(self, burst: Burst, vocabulary: Vocabulary) -> Suggestion:
        """Propose. Raises SuggestionUnreadable (a person decides), ChannelUnavailable (try again later),
        AccountRefused or MessageRefused (trying again changes nothing).
        """
        if not any(message.text.strip("\x00 \r\n\t") for message in burst.messages):
            return self._wordless()
        sent = wire.Sent.of(burst)
        return await self._ask(
            _Question("triage", wire.system(prompt("triage"), vocabulary), sent.question(), wire.schema(vocabulary)),
            lambda text: wire.suggestion(text, sent, brain=NAME, model=self._config.model),
            conversation_id=burst.conversation_id,
            triage_id=burst.triage_id,
        )

    async def draft(self, brief: Brief) -> Drafted | None:
        """Suggest a reply. Raises as `triage` does: there is none, then."""
        if not any(line.by_customer for line in brief.lines):
            return None
        text = await self._ask(
            _Question("draft", prompt("draft"), drafting.question(brief), drafting.schema()),
            lambda text: drafting.draft(text, brief),
            conversation_id=brief.conversation_id,
        )
        return Drafted(text, NAME, self._config.model) if text is not None else None

    async def _ask(
        self,
        asked: _Question,
        read: Callable[[str], T],
        *,
        conversation_id: UUID | None,
        triage_id: UUID | None = None,
    ) -> T:
        reply = Reply()
        began = time.perf_counter()
        try:
            await self._model.ask(reply, system=asked.system, question=asked.question, schema=asked.schema)
            if reply.error is not None:
                raise reply.error
            return read(reply.text)
        except wire.NotJson:
            reply.outcome = Outcome.NOT_JSON
            raise
        except wire.WrongShape:
            reply.outcome = Outcome.WRONG_SHAPE
            raise
        finally:
            took_ms = (time.perf_counter() - began) * 1000
            await self._enter(self._call(asked.purpose, reply, took_ms, conversation_id, triage_id))

    async def close(self) -> None:
        """Safe to repeat."""
        await self._model.close()

    def _call(
        self, purpose: str, reply: Reply, took_ms: float, conversation_id: UUID | None, triage_id: UUID | None
    ) -> ModelCall:
        return ModelCall(
            id=new_id(),
            conversation_id=conversation_id,
            triage_id=triage_id,
            purpose=purpose,
            brain=NAME,
            model=self._config.model,
            usage=reply.usage,
            cost=self._config.prices.of(reply.usage),
            took_ms=took_ms,
            outcome=reply.outcome,
            request_id=reply.request_id,
            at=self._clock(),
        )

    async def _enter(self, call: ModelCall) -> None:
        try:
            await self._ledger.add(call)
        except Exception as error:  # the books are not worth a customer's message; the log keeps what they miss
            log.warning("model_call_not_entered", cost=call.cost, outcome=call.outcome.value, error=repr(error))

    def _wordless(self) -> Suggestion:
        """A picture or a voice note by itself: nothing to ask about."""
        return Suggestion(
            ticket_worthy=False,
            confidence=0.0,
            why="There are no words to understand.",
            issues=(),
            sentiment=Sentiment.NEUTRAL,
            sentiment_confidence=0.0,
            language="und",
            brain=NAME,
            model=self._config.model,
        )


@cache
def prompt(name: str) -> str:
    """What the model is told, the same for every question of this kind."""
    return (_PROMPTS / f"{name}.md").read_text(encoding="utf-8")
