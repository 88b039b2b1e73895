"""The Claude brain. Asks once; every question is entered in the ledger with what it cost, whatever became of it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import structlog

from ai.claude import drafting, phrasing, resolving, wire
from ai.claude.client import Asked, Models, Reply
from ai.claude.config import ClaudeConfig
from core.ids import new_id
from core.instants import Clock, utc_now
from ticketing.drafting.draft import Brief, Drafted
from ticketing.resolution.proposal import Case, Phrased, Proposed, Telling
from ticketing.triage.model_call import Ledger, ModelCall, Outcome
from ticketing.triage.suggestion import Burst, Sentiment, Suggestion, Vocabulary

NAME = "claude"
_PROMPTS = Path(__file__).parent / "prompts"
T = TypeVar("T")

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _About:
    """What a question is about, for the books."""

    conversation_id: UUID | None
    triage_id: UUID | None = None
    run_id: UUID | None = None


class ClaudeBrain:
    """Implements `ticketing.brain.Brain`. `close` it."""

    def __init__(self, config: ClaudeConfig, ledger: Ledger, *, clock: Clock = utc_now) -> None:
        self._config = config
        self._models = Models(config)
        self._ledger = ledger
        self._clock = clock

    async def triage(self, burst: Burst, vocabulary: Vocabulary) -> Suggestion:
        """Propose. Raises SuggestionUnreadable (a person decides), ChannelUnavailable (try again later),
        AccountRefused or MessageRefused (trying again changes nothing).
        """
        if not any(message.text.strip("\x00 \r\n\t") for message in burst.messages):
            return self._wordless()
        sent = wire.Sent.of(burst)
        system = wire.system(prompt("triage"), vocabulary)
        return await self._ask(
            self._question("triage", system, sent.question(), wire.schema(vocabulary)),
            lambda reply: wire.suggestion(reply.text, sent, brain=NAME, model=self._config.model),
            _About(burst.conversation_id, burst.triage_id),
        )

    async def draft(self, brief: Brief) -> Drafted | None:
        """Suggest a reply. Raises as `triage` does: there is none, then."""
        if not any(line.by_customer for line in brief.lines):
            return None
        text = await self._ask(
            self._question("draft", prompt("draft"), drafting.question(brief), drafting.schema()),
            lambda reply: drafting.draft(reply.text, brief),
            _About(brief.conversation_id),
        )
        return Drafted(text, NAME, self._config.model) if text is not None else None

    async def propose(self, case: Case) -> Proposed:
        """The next step of a run. Raises as `triage` does: a person takes it, then."""
        chosen = self._config.resolution or self._config.usual
        proposed = await self._ask(
            Asked("resolve", prompt("resolve"), resolving.Sent(case).turns(), chosen, tools=resolving.tools(case)),
            lambda reply: resolving.proposal(reply, case),
            _About(case.conversation_id, run_id=case.run_id),
        )
        return Proposed(proposed, NAME, chosen.model)

    async def phrase(self, telling: Telling) -> Phrased | None:
        """The desk's words in the customer's language. Raises as `triage` does: the saved reply is said, then."""
        if not telling.text.strip():
            return None
        text = await self._ask(
            self._question("phrase", prompt("phrase"), phrasing.question(telling), phrasing.schema()),
            lambda reply: phrasing.phrased(reply.text, telling),
            _About(telling.conversation_id, run_id=telling.run_id),
        )
        return Phrased(text, NAME, self._config.model) if text is not None else None

    def _question(self, purpose: str, system: str, question: str, schema: dict[str, Any]) -> Asked:
        turns = [{"role": "user", "content": question}]
        return Asked(purpose, system, turns, self._config.usual, schema=schema)

    async def _ask(self, asked: Asked, read: Callable[[Reply], T], about: _About) -> T:
        reply = Reply()
        began = time.perf_counter()
        try:
            await self._models.ask(reply, asked)
            if reply.error is not None:
                raise reply.error
            return read(reply)
        except wire.NotJson:
            reply.outcome = Outcome.NOT_JSON
            raise
        except wire.WrongShape:
            reply.outcome = Outcome.WRONG_SHAPE
            raise
        finally:
            took_ms = (time.perf_counter() - began) * 1000
            await self._enter(self._call(asked, reply, took_ms, about))

    async def close(self) -> None:
        """Safe to repeat."""
        await self._models.close()

    def _call(self, asked: Asked, reply: Reply, took_ms: float, about: _About) -> ModelCall:
        return ModelCall(
            id=new_id(),
            conversation_id=about.conversation_id,
            triage_id=about.triage_id,
            purpose=asked.purpose,
            brain=NAME,
            model=asked.chosen.model,
            usage=reply.usage,
            cost=asked.chosen.prices.of(reply.usage),
            took_ms=took_ms,
            outcome=reply.outcome,
            request_id=reply.request_id,
            at=self._clock(),
            run_id=about.run_id,
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
