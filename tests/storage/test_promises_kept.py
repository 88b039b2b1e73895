"""Promises over lives that are less plain: what begins late, what is edited meanwhile, and what cannot be read."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from sla.clock import Kind, State, state
from storage.rooms import SqlRooms
from tests.playbooks import PLAIN, promising
from tests.storage.desk import DeskAtWork
from tests.storage.test_service_levels import MONDAY, agrees, history, level_of, opened
from ticketing.people.person import Role
from ticketing.playbook.actions import HandToTeam, SetPriority
from ticketing.playbook.lifecycle import Status
from ticketing.playbook.playbook import Playbook
from ticketing.playbook.sla_policy import Audience, EscalationStep, Notify, Promise, SlaPolicy
from ticketing.sla.history import recomputed
from ticketing.sla.hold import hold_all, hold_to_tier
from ticketing.sla.shown import Colleague
from ticketing.sla.tick import tell_due, told_by
from ticketing.triage.suggestion import Priority

HOUR = timedelta(hours=1)


def with_policy(playbook: Playbook, policy: SlaPolicy, *, version: int | None = None) -> Playbook:
    """Every type is held to this policy alone."""
    types = {key: replace(each, sla=policy.key) for key, each in playbook.types.items()}
    return replace(playbook, version=version or playbook.version, types=types, policies={policy.key: policy})


def promised(playbook: Playbook, promises: Mapping[Kind, Promise]) -> Playbook:
    return with_policy(playbook, replace(playbook.policies["standard"], promises=promises))


def pausing_nowhere(playbook: Playbook, *, version: int) -> Playbook:
    """The next version, in which no status pauses."""

    def going_on(status: Status) -> Status:
        return replace(status, sla_paused=False)

    lifecycles = {
        key: replace(each, version=version, statuses=tuple(map(going_on, each.statuses)))
        for key, each in playbook.lifecycles.items()
    }
    return replace(playbook, version=version, lifecycles=lifecycles)


async def told(desk: DeskAtWork, ticket_id: UUID) -> list[object]:
    return [each.after["event"] for each in await history(desk, ticket_id) if each.kind == "sla.fired"]


async def test_where_only_an_answer_is_promised_nothing_is_told_of_what_was_settled(desk: DeskAtWork) -> None:
    playbook = promising("always")
    playbook = promised(playbook, {Kind.FIRST_RESPONSE: playbook.policies["standard"].promises[Kind.FIRST_RESPONSE]})
    ticket, mia = await opened(desk, playbook)
    await desk.desk.change_status(ticket.id, "resolved", by=mia)
    level = await agrees(desk, ticket.id, playbook)
    assert level.next_event_at is None
    assert await tell_due(start=desk.start, now=desk.now + 100 * HOUR) == 0


async def test_what_begins_with_a_priority_counts_from_the_opening_without_the_pauses(desk: DeskAtWork) -> None:
    playbook = promising("always")
    standard = playbook.policies["standard"].promises
    urgent = Promise({Priority.URGENT: 10 * HOUR})
    playbook = promised(playbook, {Kind.FIRST_RESPONSE: standard[Kind.FIRST_RESPONSE], Kind.RESOLUTION: urgent})
    ticket, mia = await opened(desk, playbook)
    desk.now += HOUR
    await desk.desk.change_status(ticket.id, "waiting_on_customer", by=mia)
    desk.now += 5 * HOUR
    await desk.desk.change_status(ticket.id, "in_progress", by=mia)
    desk.now += HOUR
    await desk.desk.set_priority(ticket.id, Priority.URGENT, by=mia)
    clock = (await agrees(desk, ticket.id, playbook)).clocks[Kind.RESOLUTION]
    assert clock.started_at == MONDAY
    assert clock.due_at == MONDAY + 15 * HOUR


async def test_a_ticket_that_is_touched_before_a_new_promise_reaches_it_keeps_its_past(desk: DeskAtWork) -> None:
    ticket, mia = await opened(desk, PLAIN)
    desk.now += HOUR
    await desk.reply(ticket, mia)
    desk.now += HOUR
    playbook = promising("always")
    desk.follow(playbook)
    await desk.desk.change_status(ticket.id, "waiting_on_customer", by=mia)
    level = await agrees(desk, ticket.id, playbook)
    assert level.clocks[Kind.FIRST_RESPONSE].met_at == MONDAY + HOUR
    assert level.clocks[Kind.RESOLUTION].spent == 2 * HOUR
    assert state(level.clocks[Kind.RESOLUTION], desk.now) is State.PAUSED
    assert await hold_all(playbook.version, 0, start=desk.start, clock=desk.clock) == 0


async def test_an_answer_before_it_was_settled_and_reopened_is_what_met_the_first_response(desk: DeskAtWork) -> None:
    ticket, mia = await opened(desk, PLAIN)
    desk.now += HOUR
    await desk.reply(ticket, mia)
    desk.now += 10 * HOUR
    await desk.desk.change_status(ticket.id, "resolved", by=mia)
    desk.now += HOUR
    await desk.desk.change_status(ticket.id, "in_progress", by=mia)
    playbook = promising("always")
    desk.follow(playbook)
    assert await hold_all(playbook.version, 0, start=desk.start, clock=desk.clock) == 1
    level = await agrees(desk, ticket.id, playbook)
    assert level.clocks[Kind.FIRST_RESPONSE].met_at == MONDAY + HOUR
    assert level.clocks[Kind.RESOLUTION].spent == 11 * HOUR


async def test_a_tier_counts_later_also_where_it_changed_nothing_at_first(desk: DeskAtWork) -> None:
    playbook = promising("always")
    ticket, mia = await opened(desk, playbook)
    await desk.desk.set_priority(ticket.id, Priority.HIGH, by=mia)  # of which the tier says nothing
    await desk.desk.set_attributes(ticket.customer_id, {"tier": "VIP"}, by=mia)
    await hold_to_tier(ticket.id, uow=desk.start(), now=desk.now)
    await desk.desk.set_priority(ticket.id, Priority.NORMAL, by=mia)
    level = await agrees(desk, ticket.id, playbook)
    assert level.clocks[Kind.FIRST_RESPONSE].due_at == MONDAY + HOUR

    await desk.desk.change_status(ticket.id, "resolved", by=mia)
    await desk.desk.set_attributes(ticket.customer_id, {"tier": None}, by=mia)
    await hold_to_tier(ticket.id, uow=desk.start(), now=desk.now)  # it is settled: nothing to hold
    await desk.desk.change_status(ticket.id, "in_progress", by=mia)
    assert (await agrees(desk, ticket.id, playbook)).tier is None


async def test_a_policy_of_another_name_escalates_by_its_own_steps(desk: DeskAtWork) -> None:
    before = promising("always")
    standard = before.policies["standard"]
    ticket, _ = await opened(desk, before)
    first, second = standard.promises[Kind.RESOLUTION].steps
    steps = (first, replace(second, actions=(SetPriority(Priority.HIGH),)))
    promises = {**standard.promises, Kind.RESOLUTION: replace(standard.promises[Kind.RESOLUTION], steps=steps)}
    after = with_policy(before, replace(standard, key="renamed", promises=promises), version=4)
    desk.follow(after)
    assert await hold_all(4, 0, start=desk.start, clock=desk.clock) == 1
    await tell_due(start=desk.start, now=MONDAY + 27 * HOUR)
    async with desk.start() as uow:
        assert (await uow.tickets.lock(ticket.id)).priority is Priority.HIGH


async def test_a_run_that_a_version_of_the_same_promises_overtook_is_not_given_up(desk: DeskAtWork) -> None:
    ticket, _ = await opened(desk, PLAIN)
    desk.follow(promising("always", version=4))  # promises what version 3 did, whose run has only begun
    assert await hold_all(3, 0, start=desk.start, clock=desk.clock) == 1
    assert (await level_of(desk, ticket.id)).due_at is not None


async def test_a_status_that_pauses_no_more_lets_the_clocks_of_its_tickets_go_on(desk: DeskAtWork) -> None:
    before = promising("always")
    ticket, mia = await opened(desk, before)
    await desk.desk.change_status(ticket.id, "waiting_on_customer", by=mia)
    desk.now += 5 * HOUR
    after = pausing_nowhere(before, version=4)
    desk.follow(after)
    assert await hold_all(4, 0, start=desk.start, clock=desk.clock) == 1
    level = await level_of(desk, ticket.id)

    def policy(version: int, key: str) -> SlaPolicy:
        return {3: before, 4: after}[version].policies[key]

    assert recomputed(await history(desk, ticket.id), policy, after.calendars_by_key) == level
    clock = level.clocks[Kind.RESOLUTION]
    assert clock.due_at == MONDAY + 29 * HOUR
    assert await hold_all(4, 0, start=desk.start, clock=desk.clock) == 0


async def test_nothing_is_told_where_nothing_is_promised_any_more(desk: DeskAtWork) -> None:
    before = promising("always")
    ticket, mia = await opened(desk, before)
    types = {key: replace(each, sla=None) for key, each in before.types.items()}
    desk.follow(replace(before, version=4, types=types, policies={}))
    # Before its clocks hear of the new version: they go on following the record.
    await desk.desk.reply(ticket.id, "It is on its way.", by=mia, request="r")
    await desk.desk.change_status(ticket.id, "resolved", by=mia)
    assert recomputed(await history(desk, ticket.id), before.sla_policy, before.calendars_by_key) == await level_of(
        desk, ticket.id
    )
    await tell_due(start=desk.start, now=MONDAY + 100 * HOUR)
    assert await told(desk, ticket.id) == []
    assert (await level_of(desk, ticket.id)).next_event_at is None


async def test_an_escalation_never_lowers_a_priority_and_an_unknown_team_stops_nothing(desk: DeskAtWork) -> None:
    playbook = promising("always")
    standard = playbook.policies["standard"]
    step = EscalationStep("breach", timedelta(), (SetPriority(Priority.LOW), HandToTeam("Nobody's")))
    promise = replace(standard.promises[Kind.RESOLUTION], steps=(step,))
    playbook = promised(playbook, {Kind.RESOLUTION: promise})
    ticket, _ = await opened(desk, playbook)
    assert await tell_due(start=desk.start, now=MONDAY + 24 * HOUR) == 4
    async with desk.start() as uow:
        assert (await uow.tickets.lock(ticket.id)).priority is Priority.NORMAL
    assert "stage.skipped" in [each.kind for each in await history(desk, ticket.id)]


async def test_clocks_that_cannot_be_read_keep_no_others_from_telling(desk: DeskAtWork) -> None:
    playbook = promising("always")
    spoilt, mia = await opened(desk, playbook)
    sound = await desk.ticket(await desk.customer_writes(sender="+15550000009"), mia)
    await desk.rows_changed(
        "UPDATE service_level SET clocks = jsonb_set(clocks, '{resolution}', '{}') WHERE ticket_id = :ticket",
        ticket=spoilt.id,
    )
    with pytest.raises(ExceptionGroup):
        await tell_due(start=desk.start, now=MONDAY + 24 * HOUR)
    assert "breached" in await told(desk, sound.id)
    assert await told(desk, spoilt.id) == []

    desk.follow(promising("office", version=4))
    with pytest.raises(ExceptionGroup):
        await hold_all(4, 0, start=desk.start, clock=desk.clock)
    assert (await level_of(desk, sound.id)).playbook == 4


async def test_a_ticket_that_waits_is_not_among_those_at_risk_unless_it_is_late(desk: DeskAtWork) -> None:
    playbook = promising("always")
    ticket, mia = await opened(desk, playbook)
    await desk.reply(ticket, mia)
    desk.now += 20 * HOUR
    assert (await level_of(desk, ticket.id)).at_risk_at == MONDAY + 18 * HOUR
    await desk.desk.change_status(ticket.id, "waiting_on_customer", by=mia)
    assert (await level_of(desk, ticket.id)).at_risk_at is None
    await desk.desk.change_status(ticket.id, "in_progress", by=mia)
    desk.now += 20 * HOUR
    await desk.desk.change_status(ticket.id, "waiting_on_customer", by=mia)
    assert (await level_of(desk, ticket.id)).at_risk_at == MONDAY + 18 * HOUR


async def test_a_breach_speaks_for_the_steps_of_its_instant(desk: DeskAtWork) -> None:
    playbook = promising("always")
    standard = playbook.policies["standard"]
    steps = (
        EscalationStep("breach", timedelta(), (Notify((Audience.SUPERVISOR,)),)),
        EscalationStep("after 3600s", HOUR, (Notify((Audience.TEAM,)),)),
    )
    playbook = promised(playbook, {Kind.RESOLUTION: replace(standard.promises[Kind.RESOLUTION], steps=steps)})
    ticket, mia = await opened(desk, playbook)
    found = told_by(ticket, await level_of(desk, ticket.id), playbook, MONDAY + 30 * HOUR)
    assert [(each.event, each.also) for each in found.events] == [
        ("at_risk", ""),  # and of what is breached by now nobody is warned
        ("breached", "step:breach"),
        ("step:after 3600s", ""),
    ]
    assert len(found.records) == 5

    await desk.desk.add_team("Support", None)
    chief = await desk.person("Sara", Role.SUPERVISOR, "Support")
    await desk.rows_changed("UPDATE ticket SET team_id = NULL")  # the default team's, as its card says
    rooms = SqlRooms(desk.database, desk.playbooks, clock=lambda: MONDAY + 25 * HOUR)
    place = await rooms.sla_place(ticket.id, "resolution", ["breached", "step:breach"])
    assert place.whom == {Audience.SUPERVISOR}
    assert Colleague(chief.name, None, supervises=True) in place.members
    assert place.left == -HOUR
    assert place.status.key == "open"
    assert place.assignee == Colleague(mia.name)
