"""How far the AI goes is lowered while a run that people have seen is at work: the run never vanishes, people get its
ticket, and hear of what may have been paid.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

import pytest

from tests.storage.resolving import Follows, Resolving
from tests.storage.test_autonomy import set_to
from threadline import Context, Json, Outcome, OutcomeKind
from ticketing.approvals.approval import Verdict
from ticketing.playbook.resolving import Autonomy
from ticketing.resolution.ports import Actions
from ticketing.resolution.proposal import AskCustomer, Call, HandOver
from ticketing.resolution.run import RunState

OFF, SHADOW, SUGGEST, ASKS, ALONE = Autonomy
LOWER = pytest.mark.parametrize("to", [SHADOW, SUGGEST])
A_PERSON = "Somebody of our team will answer you."


class While:
    """A write's call is out while `happens`; `ends`: what is heard of it, else what came of it."""

    def __init__(self, inner: Actions, happens: Callable[[], Awaitable[object]], ends: Outcome | None) -> None:
        self._inner, self._happens, self._ends = inner, happens, ends

    @property
    def specs(self) -> Mapping[str, Any]:
        return self._inner.specs

    async def call(self, name: str, arguments: Mapping[str, Json], context: Context) -> Outcome:
        outcome = await self._inner.call(name, arguments, context)
        if not self.specs[name].writes:
            return outcome
        await self._happens()
        return self._ends or outcome


async def begun(resolving: Resolving) -> tuple[UUID, UUID]:
    resolving.use(autonomy=ALONE)
    ticket = await resolving.ticket("It came broken, order #78932")
    run = await resolving.begin(ticket)
    assert run is not None
    return ticket, run


async def falls_during_the_call(resolving: Resolving, run: UUID, to: Autonomy, ends: Outcome | None = None) -> None:
    async def falls() -> None:
        await resolving.at_work.desk.set_autonomy("return", to, by=None)

    real = resolving.actions.of
    await resolving.work(run, actions=lambda playbook: While(real(playbook), falls, ends))


async def people_have(resolving: Resolving, ticket: UUID, began: Autonomy) -> str:
    """Why, in words."""
    ended, row = await resolving.run(ticket), await resolving.row(ticket)
    assert (ended.state, ended.autonomy) == (RunState.HANDED_OVER, began)
    assert row.escalated_at is not None
    assert (await resolving.told(ticket))[-1] == A_PERSON
    return ended.why


@LOWER
@pytest.mark.parametrize(
    ("said", "why"),
    [
        (HandOver("No idea."), "No idea."),
        (AskCustomer("order_number", "It is missing."), "It takes this, which the customer has to be asked for"),
        (ValueError("broken"), "The AI failed (ValueError)."),
    ],
    ids=["gives_up", "asks", "fails"],
)
async def test_while_the_brain_thinks(
    resolving: Resolving, to: Autonomy, said: HandOver | AskCustomer | ValueError, why: str
) -> None:
    ticket, run = await begun(resolving)
    resolving.brain = Follows(said)
    resolving.brain.meanwhile = [lambda: set_to(resolving, to)]
    await resolving.work(run)
    assert (await people_have(resolving, ticket, ALONE)).startswith(why)
    assert resolving.refunds() == []


@LOWER
async def test_while_something_is_looked_up_first(resolving: Resolving, to: Autonomy) -> None:
    """What is kept in between keeps what the run began at."""
    ticket, run = await begun(resolving)
    resolving.brain = Follows(Call("lookup_order", {"order": "78932"}, "To see it."))
    resolving.brain.meanwhile = [lambda: set_to(resolving, to)]
    await resolving.work(run)
    if to is SUGGEST:
        suggested = await resolving.run(ticket)
        assert (suggested.state, suggested.autonomy) == (RunState.SUGGESTED, ALONE)
    else:
        assert "only tries such tickets out now" in await people_have(resolving, ticket, ALONE)
    assert resolving.refunds() == []


@LOWER
async def test_while_a_brain_phrases(resolving: Resolving, to: Autonomy) -> None:
    ticket, run = await begun(resolving)
    await resolving.at_work.rows_changed("UPDATE customer SET language = 'fr'")
    resolving.brain = Follows(phrases="Votre remboursement de 89,00 USD est en route.")
    resolving.brain.phrasing = [lambda: resolving.at_work.desk.set_autonomy("return", to, by=None)]
    await resolving.work(run)
    assert await people_have(resolving, ticket, ALONE) == "issue_refund: It was not called."
    assert resolving.refunds() == []


@LOWER
async def test_while_the_call_is_out_that_pays(resolving: Resolving, to: Autonomy) -> None:
    ticket, run = await begun(resolving)
    await falls_during_the_call(resolving, run, to)
    ended = await resolving.run(ticket)
    assert (ended.state, ended.autonomy) == (RunState.DONE, ALONE)
    assert resolving.refunds() == [8900]


LOST = Outcome(OutcomeKind.UNKNOWN, words="The line broke.")


@LOWER
async def test_while_a_call_is_out_of_which_nobody_hears(resolving: Resolving, to: Autonomy) -> None:
    ticket, run = await begun(resolving)
    await falls_during_the_call(resolving, run, to, LOST)
    assert resolving.refunds() == [8900]
    assert "It may have been done" in await people_have(resolving, ticket, ALONE)


async def test_the_same_once_somebody_said_do_it(resolving: Resolving) -> None:
    resolving.use(autonomy=SUGGEST)
    ticket = await resolving.resolved()
    run = await resolving.run(ticket)
    await resolving.at_work.desk.carry_out(run.id, by=resolving.mia)
    await falls_during_the_call(resolving, run.id, SHADOW, LOST)
    assert resolving.refunds() == [8900]
    assert "It may have been done" in await people_have(resolving, ticket, SUGGEST)


@LOWER
@pytest.mark.parametrize("verdict", [Verdict.APPROVE, Verdict.REJECT])
async def test_while_it_waits_for_an_approval(resolving: Resolving, to: Autonomy, verdict: Verdict) -> None:
    resolving.use(autonomy=ASKS)
    ticket = await resolving.resolved()
    asked = (await resolving.run(ticket)).approval_id
    assert asked is not None
    await set_to(resolving, to)
    because = "Not this one." if verdict is Verdict.REJECT else ""
    await resolving.at_work.desk.decide(asked, verdict, reason=because, by=resolving.mia)
    await resolving.go_on(ticket)
    if (to, verdict) == (SUGGEST, Verdict.APPROVE):
        assert (await resolving.run(ticket)).state is RunState.SUGGESTED
    else:
        await people_have(resolving, ticket, ASKS)
    assert resolving.refunds() == []


async def test_lowered_asked_and_approved_it_is_done_though_a_brain_phrases(resolving: Resolving) -> None:
    """What was decided at the lower level is not lowered by it once more."""
    ticket, run = await begun(resolving)
    await resolving.at_work.rows_changed("UPDATE customer SET language = 'fr'")
    resolving.brain = Follows(phrases="Votre remboursement de 89,00 USD est en route.")
    await set_to(resolving, ASKS)
    await resolving.work(run)
    asked = (await resolving.run(ticket)).approval_id
    assert asked is not None
    await resolving.at_work.desk.decide(asked, Verdict.APPROVE, by=resolving.mia)
    await resolving.go_on(ticket)
    ended = await resolving.run(ticket)
    assert (ended.state, ended.autonomy) == (RunState.DONE, ALONE)
    assert resolving.refunds() == [8900]
