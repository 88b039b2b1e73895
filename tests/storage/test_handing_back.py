"""Handed back to the AI: it works on the ticket again, or whoever hands it back is told why it would not."""

from datetime import timedelta
from uuid import UUID

import pytest

from tests.storage.resolving import Follows, Resolving
from ticketing.escalation.hand_back import NotForTheAI
from ticketing.playbook.resolving import Autonomy, Budget
from ticketing.resolution.proposal import HandOver
from ticketing.resolution.run import RunState


async def left_and_claimed(resolving: Resolving) -> UUID:
    """The AI has left it to people, and Mia has it and its conversation."""
    resolving.brain = Follows(HandOver("Unsure."))
    ticket = await resolving.resolved()
    resolving.at_work.now += timedelta(minutes=1)
    await resolving.at_work.desk.claim((await resolving.row(ticket)).conversation_id, by=resolving.mia)
    return ticket


async def test_by_who_has_it_nobody_has_it_and_the_ai_tries_again(resolving: Resolving) -> None:
    ticket = await left_and_claimed(resolving)
    handed = await resolving.at_work.desk.hand_back(ticket, by=resolving.mia)
    assert (handed.assignee_id, handed.escalated_at) == (None, None)
    run = await resolving.begin(ticket, handed_back=True)
    assert run is not None
    await resolving.work(run)
    assert (await resolving.run(ticket)).state is RunState.DONE
    assert await resolving.at_work.broken_chains() == []


async def test_by_a_supervisor_it_is_taken_off_whoever_has_it(resolving: Resolving) -> None:
    ticket = await left_and_claimed(resolving)
    await resolving.at_work.desk.hand_back(ticket, by=resolving.sara)
    assert await resolving.begin(ticket, handed_back=True) is not None


@pytest.mark.parametrize(
    ("hindrance", "why"),
    [
        ("budget", "it has tried as often, or cost as much, as the playbook lets it"),
        ("switch", "the AI is switched off"),
        ("holder", "a colleague has it"),
        ("shadow", "it only tries such tickets out now"),
        ("unsure", "it is not sure enough what the customer wants"),
    ],
)
async def test_where_it_would_do_nothing_that_is_said_and_nothing_changes(
    resolving: Resolving, hindrance: str, why: str
) -> None:
    ticket = await left_and_claimed(resolving)
    match hindrance:
        case "budget":
            resolving.use(budget=Budget(runs_per_ticket=1))
        case "shadow":
            await resolving.at_work.desk.set_autonomy("return", Autonomy.SHADOW, by=None)
        case "switch":
            await resolving.at_work.desk.switch_ai(on=False)
        case "holder":
            omar = await resolving.at_work.person("Omar")
            await resolving.at_work.rows_changed("UPDATE conversation SET assignee_id = :omar", omar=omar.id)
        case _:
            resolving.use(confidence=0.999)
    with pytest.raises(NotForTheAI, match=why):
        await resolving.at_work.desk.hand_back(ticket, by=resolving.mia)
    row = await resolving.row(ticket)
    assert row.assignee_id == resolving.mia.id
    assert row.escalated_at is not None
