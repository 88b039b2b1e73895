"""Call the write that was decided, with nothing locked; then keep what came of it, with all that follows, at once.

A crash between the two leaves the call begun: whoever finds it asks again with the same key, where asking twice does
nothing twice. Elsewhere it may have happened, and a person looks.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from core.errors import ChannelUnavailable, Refused
from core.messages import Limits
from threadline import ActionSpec, Outcome, OutcomeKind
from ticketing.playbook.resolving import Recipe
from ticketing.ports import UnitOfWork
from ticketing.resolution.book import Book, reopen
from ticketing.resolution.closing import close_up
from ticketing.resolution.fill import fill, result_values
from ticketing.resolution.hand_over import hand_over, leave, stop
from ticketing.resolution.run import RunState, Step, StepState
from ticketing.resolution.tell import NotTold, Phrased

PERHAPS = "perhaps"  # in what a call gave until now: a try of it may have done it
SPENT_BY = "spent_by"  # … and the type of ticket in whose budget it was counted
_SLACK = timedelta(seconds=10)  # beyond an action's own timeout, before its caller counts as dead
_NOT_DONE = frozenset({OutcomeKind.NOT_FOUND, OutcomeKind.REFUSED, OutcomeKind.INVALID})


class StillAway(ChannelUnavailable):
    """What an action asks is away; or somebody else is asking it just now."""


def require_dead(step: Step, spec: ActionSpec, *, job: str, now: datetime) -> None:
    """That nobody is calling it any more: it is our own job's, or its caller would have an answer by now.

    Raises StillAway.
    """
    if step.outputs.get("job") == job:
        return
    until = datetime.fromisoformat(step.outputs["called_at"]) + timedelta(seconds=spec.timeout) + _SLACK
    if now < until:
        raise StillAway(f"{spec.name} is being called.", retry_after=(until - now).total_seconds())


def may_call_again(step: Step, spec: ActionSpec) -> bool:
    """Whether calling it (again) can do nothing twice."""
    return spec.idempotent or step.outcome == OutcomeKind.UNAVAILABLE


@dataclass(frozen=True, slots=True)
class Ended:
    """What came of a call, in the book of its run."""

    book: Book
    step: Step
    spec: ActionSpec
    recipe: Recipe
    outcome: Outcome
    customer: str  # their name
    patience: timedelta
    phrased: Phrased

    async def keep(self) -> ChannelUnavailable | None:
        """What is to be raised once it is kept: it is tried again later. The run goes on, or is over."""
        match self.outcome.kind:
            case OutcomeKind.DONE:
                await self._done()
            case OutcomeKind.UNAVAILABLE:
                return await self._away()
            case kind if kind in _NOT_DONE:
                await self._not_done()
            case _:
                await self._unknown(self.outcome.words)
        return None

    async def _done(self) -> None:
        book = self.book
        self._settle("done")
        book.run = replace(book.run, trying_since=None)
        if (why := book.in_the_way) is not None:
            done = f"{self.recipe.label} is done. Nothing of what follows it was: the customer has not been told"
            stop(book, f"{why}. {done}", acted=True)
            return
        meanwhile = book.ground.is_being_read or book.ground.heard != book.run.heard
        try:
            await fill(book, result_values(book, self.spec, self.outcome.value), towards=None)
            await close_up(book, self.recipe, customer=self.customer, phrased=self.phrased, stay_open=meanwhile)
        except Refused as refusal:
            self._leave(refusal.message)
        except NotTold as error:
            self._leave(error.why)
        else:
            if meanwhile:
                self._leave("The customer has written meanwhile.")
            else:
                book.end(RunState.DONE, f"{self.recipe.label}: done.")

    def _leave(self, why: str) -> None:
        """To a person, who has to finish it: what was done stands, and the customer may have been told a part of it."""
        done = f"{self.recipe.label} is done, but not all of what follows it."
        leave(self.book, f"{done} {why}")

    async def _away(self) -> ChannelUnavailable | None:
        book = self.book
        since = book.run.trying_since or book.now
        perhaps = self.outcome.perhaps_done or self.step.outputs.get(PERHAPS) is True
        if book.now - since >= self.patience:
            await self._give_up(f"{self.spec.name} cannot be reached. {self.outcome.words}", perhaps=perhaps)
            return None
        outputs = {**self.step.outputs, PERHAPS: perhaps}
        book.rewrite(replace(self.step, outcome=OutcomeKind.UNAVAILABLE.value, why=self.outcome.words, outputs=outputs))
        book.run = replace(book.run, trying_since=since, why=f"{self.spec.name} cannot be reached now: tried again.")
        again = StillAway(self.outcome.words or f"{self.spec.name} is away.", retry_after=self.outcome.retry_after)
        again.patience = self.patience + timedelta(hours=1)
        return again

    async def _give_up(self, words: str, *, perhaps: bool) -> None:
        """`perhaps`: one of the tries may have done it. Where none has, nobody need look."""
        if perhaps:
            await self._unknown(words)
            return
        self._settle(OutcomeKind.UNAVAILABLE.value)
        give_back(self.book, self.step)
        await self._to_person(f"{words} It was not done.")

    async def _not_done(self) -> None:
        """It was not done, for good."""
        self._settle(self.outcome.kind.value)
        give_back(self.book, self.step)
        await self._to_person(f"{self.spec.name}: {self.outcome.words}")

    async def _unknown(self, words: str) -> None:
        self._settle("unknown")
        await self._to_person(f"{words} It may have been done: look there before you do it again.")

    async def _to_person(self, why: str) -> None:
        """Where somebody has it by now, or the AI is to be silent, the customer hears nothing of it."""
        if (taken := self.book.in_the_way) is not None:
            stop(self.book, f"{taken}. {why.removesuffix('.')}", acted=True)
        else:
            await hand_over(self.book, why, customer=self.customer)

    def _settle(self, outcome: str) -> None:
        value = {"value": self.outcome.value} if self.outcome.kind is OutcomeKind.DONE else {}
        self.book.settle(self.step, outcome, why=self.outcome.words, outputs=value)
        amount = str(self.step.amount) if self.step.amount is not None else None
        self.book.record("run.acted", action=self.spec.name, outcome=outcome, amount=amount, key=self.step.key)


def give_back(book: Book, step: Step) -> None:
    """What was counted for this call in the budget of its month is not spent: a ticket may change its type."""
    if step.amount is not None:
        book.uow.runs.spend(step.outputs.get(SPENT_BY, book.run.type), at=step.begun_at, amount=-step.amount)


async def keep_late(
    run_id: UUID,
    step: Step,
    outcome: Outcome,
    *,
    limits: Mapping[str, Limits],
    uow: UnitOfWork,
    now: datetime,
) -> None:
    """The run is over, or goes on elsewhere: what came of the call is kept all the same, and told to who has it."""
    async with uow:
        book = await reopen(run_id, limits=limits, uow=uow, now=now)
        known = (await uow.runs.steps(run_id))[step.place]
        if known.state is StepState.DONE and known.outcome != OutcomeKind.UNKNOWN:
            return
        if outcome.kind in (OutcomeKind.UNAVAILABLE, OutcomeKind.UNKNOWN):
            return
        value = {"value": outcome.value} if outcome.kind is OutcomeKind.DONE else {}
        book.settle(known, outcome.kind.value, why=outcome.words, outputs=value)
        if outcome.kind in _NOT_DONE:
            give_back(book, known)
        book.record("run.acted", action=step.name, outcome=outcome.kind.value, key=step.key)
        was = "was done" if outcome.kind is OutcomeKind.DONE else "was not done"
        if book.run.is_open:  # whoever calls it too finds it settled, and goes on with nothing
            leave(book, f"{step.name} {was}, and nothing that follows it.")
        else:
            book.run = replace(book.run, why=f"{book.run.why} It turned out later: {step.name} {was}.")
        await book.close()
