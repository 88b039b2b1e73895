"""Tickets are held to what is promised now: by another playbook, to another tier; and those older than any promise."""

from dataclasses import replace
from datetime import timedelta

from sla.clock import Kind
from storage.clock_history import ClockHistories
from tests.playbooks import PLAIN, promising
from tests.storage.desk import DeskAtWork
from tests.storage.test_service_levels import MONDAY, agrees, history, level_of, opened
from ticketing.playbook.playbook import Playbook
from ticketing.sla.explain import explained
from ticketing.sla.hold import hold_all, hold_to_tier
from ticketing.triage.suggestion import Priority


def doubled(playbook: Playbook) -> Playbook:
    """The next version, in which everything may take twice as long."""
    policy = playbook.policies["standard"]
    promises = {
        kind: replace(each, lengths={priority: length * 2 for priority, length in each.lengths.items()})
        for kind, each in policy.promises.items()
    }
    policies = {"standard": replace(policy, promises=promises)}
    return replace(playbook, version=playbook.version + 1, policies=policies)


async def test_a_playbook_that_promises_more_time_moves_the_due_instants_and_keeps_the_time_spent(
    desk: DeskAtWork,
) -> None:
    before = promising("always")
    ticket, _ = await opened(desk, before)
    desk.now += timedelta(hours=1)
    after = doubled(before)
    desk.follow(after)
    assert await hold_all(after.version, 0, start=desk.start, clock=desk.clock) == 1
    assert await hold_all(after.version, 0, start=desk.start, clock=desk.clock) == 0
    clock = (await level_of(desk, ticket.id)).clocks[Kind.RESOLUTION]
    assert clock.spent == timedelta(hours=1)
    assert clock.due_at == MONDAY + timedelta(hours=48)
    assert [each.after["playbook"] for each in await history(desk, ticket.id) if each.kind == "sla.set"] == [3, 4]


async def test_a_playbook_that_promises_nothing_any_more_ends_the_clocks(desk: DeskAtWork) -> None:
    before = promising("always")
    ticket, _ = await opened(desk, before)
    types = {key: replace(each, sla=None) for key, each in before.types.items()}
    after = replace(before, version=4, types=types)
    desk.follow(after)
    assert await hold_all(4, 0, start=desk.start, clock=desk.clock) == 1
    level = await level_of(desk, ticket.id)
    assert (level.next_event_at, level.due_at, level.policy) == (None, None, None)


async def test_tickets_that_are_older_than_the_promise_get_their_clocks_from_their_past(desk: DeskAtWork) -> None:
    ticket, mia = await opened(desk, PLAIN)
    desk.now += timedelta(hours=1)
    await desk.reply(ticket, mia)
    desk.now += timedelta(hours=1)
    await desk.desk.change_status(ticket.id, "waiting_on_customer", by=mia)
    desk.now += timedelta(hours=5)
    await desk.desk.change_status(ticket.id, "in_progress", by=mia)
    desk.now += timedelta(hours=1)
    playbook = promising("always")
    desk.follow(playbook)
    assert await hold_all(playbook.version, 0, start=desk.start, clock=desk.clock) == 1
    level = await agrees(desk, ticket.id, playbook)
    assert level.clocks[Kind.FIRST_RESPONSE].met_at == MONDAY + timedelta(hours=1)
    # two hours before the pause, and 22 after it
    assert level.clocks[Kind.RESOLUTION].due_at == MONDAY + timedelta(hours=29)


async def test_a_customer_of_another_tier_is_promised_something_else(desk: DeskAtWork) -> None:
    playbook = promising("always")
    ticket, mia = await opened(desk, playbook)
    await desk.desk.set_attributes(ticket.customer_id, {"tier": "VIP"}, by=mia)
    await hold_to_tier(ticket.id, uow=desk.start(), now=desk.now)
    level = await agrees(desk, ticket.id, playbook)
    assert level.clocks[Kind.FIRST_RESPONSE].due_at == MONDAY + timedelta(hours=1)
    await desk.desk.set_priority(ticket.id, Priority.HIGH, by=mia)  # of which the tier says nothing
    level = await agrees(desk, ticket.id, playbook)
    assert level.clocks[Kind.FIRST_RESPONSE].due_at == MONDAY + timedelta(hours=1)
    assert level.tier == "VIP"


async def test_merged_and_discarded_tickets_have_no_clocks_and_get_them_back(desk: DeskAtWork) -> None:
    playbook = promising("always")
    ticket, mia = await opened(desk, playbook)
    desk.now += timedelta(hours=1)
    await desk.desk.discard(ticket.id, by=mia)
    assert (await agrees(desk, ticket.id, playbook)).next_event_at is None
    desk.now += timedelta(hours=10)
    await desk.desk.restore(ticket.id, by=mia)
    level = await agrees(desk, ticket.id, playbook)
    assert level.clocks[Kind.RESOLUTION].due_at == MONDAY + timedelta(hours=34)

    other = await desk.ticket(ticket.conversation_id, mia, "The same mug")
    await desk.desk.merge_tickets(other.id, ticket.id, by=mia)
    assert (await agrees(desk, ticket.id, playbook)).next_event_at is None
    await desk.desk.unmerge_ticket(ticket.id, by=mia)
    assert (await agrees(desk, ticket.id, playbook)).next_event_at is not None
    assert await desk.broken_chains() == []


async def test_an_explanation_adds_up_and_names_what_caused_each_stretch(desk: DeskAtWork) -> None:
    playbook = promising()
    ticket, mia = await opened(desk, playbook)
    desk.now += timedelta(hours=2)
    await desk.desk.change_status(ticket.id, "waiting_on_customer", by=mia)
    desk.now += timedelta(hours=5)
    await desk.desk.change_status(ticket.id, "in_progress", by=mia)
    desk.now += timedelta(hours=20)
    async with desk.database.single() as session:
        entries = (await ClockHistories(session, desk.playbooks).of(ticket.id)).entries
    told = explained(entries, playbook.sla_policy, playbook.calendars_by_key, desk.now)
    assert told is not None
    resolution = told.clocks[Kind.RESOLUTION]
    named = [(each.kind.value, told.entries[each.cause].kind) for each in resolution.stretches]
    assert named[:3] == [("running", "sla.set"), ("paused", "status.changed"), ("running", "status.changed")]
    assert ("closed", "status.changed") in named
    # two hours on Monday morning, and on Tuesday from nine until noon; from four until six on Monday
    assert resolution.spent == timedelta(hours=7)
