"""Understand a burst: wait until the customer pauses, ask the brain with nothing locked, apply what it suggests."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from core.errors import ChannelUnavailable
from core.ids import new_id
from core.instants import Clock
from ticketing.ports import ShareWork, UnitOfWork
from ticketing.triage.apply import Understood, apply_triage
from ticketing.triage.ask import PATIENCE, ask, unasked
from ticketing.triage.decide import Rules
from ticketing.triage.suggestion import Burst, BurstMessage, Triager, Vocabulary

ROUNDS = 5  # a conversation that moved on this often while being understood is tried again as a new job


class StillMoving(ChannelUnavailable):
    """The conversation changed each time it was being understood, or its burst is not over by our clock."""


@dataclass(frozen=True, slots=True)
class Pace:
    """When a burst is over: after this pause, or when its first message has waited this long."""

    pause: timedelta
    longest: timedelta

    def is_over(self, messages: tuple[BurstMessage, ...], now: datetime) -> bool:
        return self.left(messages, now) <= timedelta()

    def left(self, messages: tuple[BurstMessage, ...], now: datetime) -> timedelta:
        """How long the burst may still go on; not positive once it is over."""
        return min(messages[-1].received_at + self.pause, messages[0].received_at + self.longest) - now


async def understand(
    conversation_id: UUID,
    *,
    message_id: UUID | None = None,
    brain: Triager,
    rules: Rules,
    pace: Pace,
    reading: ShareWork,
    applying: ShareWork,
    clock: Clock,
    stand_in: Triager | None = None,
    patience: timedelta = PATIENCE,
) -> None:
    """Safe to repeat: the message that ends a burst brings its own job, and whoever comes later finds nothing to do.

    `message_id` is the message whose job this is; `stand_in` and `patience` are those of `ask`. `reading` and
    `applying` may be shared with other conversations; the brain is asked in between, with no transaction open.

    Raises StillMoving, or what the brain raises when it is to be asked again later.
    """
    for _ in range(ROUNDS):
        read = await reading.do(partial(_read, conversation_id))
        if read is None:
            return
        version, burst, ai_is_on, vocabulary = read
        left = pace.left(burst.messages, clock())
        if left > timedelta():
            if burst.messages[-1].id == message_id:
                # Our clock is behind the one that dated the message. No other job will come for it.
                raise StillMoving("The burst is not over by our clock.", retry_after=left.total_seconds())
            return
        began = time.perf_counter()
        if ai_is_on:
            answer = await ask(brain, burst, vocabulary, stand_in=stand_in, patience=patience, clock=clock)
        else:
            answer = unasked(burst, vocabulary)
        took_ms = (time.perf_counter() - began) * 1000
        understood = Understood(conversation_id, version, burst, answer.suggestion, took_ms, answer.instead)
        if await applying.do(partial(_apply, understood, rules=rules, clock=clock)):
            return
    raise StillMoving("The conversation changed while it was being understood.", retry_after=1)


async def _apply(understood: Understood, uow: UnitOfWork, *, rules: Rules, clock: Clock) -> bool:
    return await apply_triage(understood, rules=rules, uow=uow, now=clock())


async def _read(conversation_id: UUID, uow: UnitOfWork) -> tuple[int, Burst, bool, Vocabulary] | None:
    async with uow:
        waiting = await uow.messages.waiting_for_triage(conversation_id)
        if waiting is None:
            return None
        known = tuple(await uow.tickets.known(conversation_id))
        burst = Burst(waiting.messages, known, None, conversation_id, new_id())
        return waiting.version, burst, waiting.ai_is_on, (await uow.playbook()).vocabulary
