"""The Claude brain. Asks once; every question is entered in the ledger with what it cost, whatever became of it."""

import time
from functools import cache
from pathlib import Path

import structlog

from ai.claude import wire
from ai.claude.client import Model, Reply
from ai.claude.config import ClaudeConfig
from core.ids import new_id
from core.instants import Clock, utc_now
from ticketing.triage.model_call import Ledger, ModelCall, Outcome
from ticketing.triage.suggestion import Burst, Sentiment, Suggestion, Vocabulary

NAME = "claude"
_PROMPT = Path(__file__).parent / "prompts" / "triage.md"

log = structlog.get_logger()


class ClaudeBrain:
    """Implements `ticketing.triage.suggestion.Brain`. `close` it."""

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
        reply = Reply()
        began = time.perf_counter()
        try:
            await self._model.ask(
                reply,
                system=wire.system(prompt(), vocabulary),
                question=sent.question(),
                schema=wire.schema(vocabulary),
            )
            if reply.error is not None:
                raise reply.error
            return wire.suggestion(reply.text, sent, brain=NAME, model=self._config.model)
        except wire.NotJson:
            reply.outcome = Outcome.NOT_JSON
            raise
        except wire.WrongShape:
            reply.outcome = Outcome.WRONG_SHAPE
            raise
        finally:
            await self._enter(burst, reply, (time.perf_counter() - began) * 1000)

    async def close(self) -> None:
        """Safe to repeat."""
        await self._model.close()

    async def _enter(self, burst: Burst, reply: Reply, took_ms: float) -> None:
        call = ModelCall(
            id=new_id(),
            conversation_id=burst.conversation_id,
            triage_id=burst.triage_id,
            purpose="triage",
            brain=NAME,
            model=self._config.model,
            usage=reply.usage,
            cost=self._config.prices.of(reply.usage),
            took_ms=took_ms,
            outcome=reply.outcome,
            request_id=reply.request_id,
            at=self._clock(),
        )
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
def prompt() -> str:
    """What the model is told, the same for every burst."""
    return _PROMPT.read_text(encoding="utf-8")
