"""What a playbook says that happens by itself when a ticket changes its status, over the whole desk."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from storage.jobs.codec import decode
from tests.factories import a_suggestion, an_issue
from tests.playbooks import a_playbook
from tests.storage.desk import DeskAtWork, Says
from ticketing.collaboration.hand_off import release
from ticketing.conversations.claim import AlreadyClaimed
from ticketing.people.person import Person, Role
from ticketing.tickets.by_itself import move_on_due
from ticketing.tickets.events import TicketTaken
from ticketing.tickets.ticket import Ticket
from ticketing.triage.suggestion import Burst, Priority, Suggestion, Vocabulary

TEXT = """
language: 1
playbook: Actions
categories: {other: Other}
types:
  query: {label: Query, lifecycle: standard, categories: [other]}
lifecycles:
  standard:
    label: Standard
    created_in: open
    statuses:
      open:
        label: Open
        category: open
        on_leave: [remove_tag: fresh]
      urgent:
        label: Escalated
        category: active
        on_enter: [set_priority: urgent, hand_to_team: Experts, add_tag: escalated, set_due: 4h]
        on_leave: [remove_tag: escalated]
      done:
        label: Done
        category: resolved
        comes_back: {to: open, within: 5d}
        moves_on: {after: 5d, to: closed}
        on_enter: [set_priority: low]
      closed: {label: Closed, category: closed}
    transitions:
      - {from: open, to: [urgent, done], by: agent}
      - {from: urgent, to: [open, done], by: agent}
      - {from: done, to: [open, closed], by: agent}
"""
PLAYBOOK = a_playbook(TEXT)
DAYS = timedelta(days=5)


@pytest.fixture(autouse=True)
def _in_force(desk: DeskAtWork) -> None:
    desk.follow(PLAYBOOK)


async def opened(desk: DeskAtWork, by: Person | None = None) -> Ticket:
    return await desk.ticket(await desk.customer_writes(), by or await desk.person("Mia"))


async def records(desk: DeskAtWork, *kinds: str) -> Sequence[tuple[str, str, dict[str, Any]]]:
    rows = await desk.rows(
        "SELECT kind, actor_kind, after FROM activity WHERE stream_kind = 'ticket' AND kind = ANY(:kinds) ORDER BY seq",
        kinds=list(kinds),
    )
    return [(row.kind, row.actor_kind, row.after) for row in rows]


class TestOnTheTicket:
    async def test_everything_that_a_status_says_is_done_with_the_move_and_recorded_as_the_desks_own_rule(
        self, desk: DeskAtWork
    ) -> None:
        await desk.desk.add_team("Support", "C1")
        experts = await desk.desk.add_team("Experts", "C9")
        mia = await desk.person("Mia", Role.ADMIN)
        ticket = await opened(desk, mia)
        moved = await desk.desk.change_status(ticket.id, "urgent", by=mia, seen=ticket.version)
        assert (moved.priority, moved.team_id, moved.assignee_id) == (Priority.URGENT, experts.id, None)
        assert (moved.tags, moved.due_at) == (("escalated",), desk.now + timedelta(hours=4))
        (row,) = await desk.rows("SELECT status, priority, team_id, tags, version FROM ticket")
        assert tuple(row) == ("urgent", "urgent", experts.id, ["escalated"], moved.version)
        kinds = ("status.changed", "priority.changed", "ticket.handed_off", "tags.changed", "due.changed")
        found = await records(desk, *kinds)
        assert [(kind, actor) for kind, actor, _ in found] == [
            (kind, "agent" if kind == "status.changed" else "automation") for kind in kinds
        ]
        assert await desk.broken_chains() == []

        await desk.desk.change_status(ticket.id, "open", by=mia)
        again = await desk.desk.change_status(ticket.id, "urgent", by=mia)
        assert again.tags == ("escalated",)
        assert len(await records(desk, "priority.changed")) == 1, "what is so already is not done again"

    async def test_a_team_that_there_is_not_any_more_leaves_the_ticket_where_it_is_and_says_so(
        self, desk: DeskAtWork
    ) -> None:
        mia = await desk.person("Mia", Role.ADMIN)
        ticket = await opened(desk, mia)
        moved = await desk.desk.change_status(ticket.id, "urgent", by=mia)
        assert (moved.team_id, moved.assignee_id) == (ticket.team_id, mia.id)
        ((_, _, after),) = await records(desk, "stage.skipped")
        assert after["why"] == "There is no team experts."

    async def test_a_status_chosen_with_a_reply_brings_them_about_when_the_reply_leaves(self, desk: DeskAtWork) -> None:
        mia = await desk.person("Mia")
        ticket = await opened(desk, mia)
        message = await desk.reply(ticket, mia, then="done")
        assert await records(desk, "priority.changed") == []
        for _ in range(2):
            await desk.deliver(message)
        assert len(await records(desk, "priority.changed")) == 1

    @pytest.mark.parametrize("other", [False, True], ids=["that_ticket", "another_one_too"])
    async def test_whoever_held_the_conversation_for_a_ticket_that_goes_to_a_team_holds_it_no_longer(
        self, desk: DeskAtWork, other: bool
    ) -> None:
        await desk.desk.add_team("Support", None)
        await desk.desk.add_team("Experts", None)
        mia, ben = await desk.person("Mia"), await desk.person("Ben")
        ticket = await opened(desk, mia)
        if other:
            await desk.ticket(ticket.conversation_id, mia)
        await desk.desk.claim(ticket.conversation_id, by=mia)
        await desk.desk.change_status(ticket.id, "urgent", by=mia)
        (job,) = await desk.rows("SELECT payload FROM pgqueuer WHERE entrypoint = 'TicketTaken'")
        taken = decode(TicketTaken, job.payload)
        assert isinstance(taken, TicketTaken)
        for _ in range(2):
            await release(taken.ticket_id, taken.person_id, uow=desk.start(), now=desk.now)
        if other:
            with pytest.raises(AlreadyClaimed):
                await desk.desk.claim(ticket.conversation_id, by=ben)
        else:
            (claimed,) = await desk.desk.claim(ticket.conversation_id, by=ben)
            assert claimed.assignee_id == ben.id
        assert await desk.count("activity WHERE kind = 'conversation.released'") == (not other)


class TestMovingOn:
    async def test_a_ticket_closes_by_itself_when_it_was_resolved_long_enough_and_says_why(
        self, desk: DeskAtWork
    ) -> None:
        mia = await desk.person("Mia")
        ticket = await opened(desk, mia)
        await desk.desk.change_status(ticket.id, "done", by=mia)
        resolved = desk.now
        desk.now = resolved + DAYS - timedelta(microseconds=1)
        assert await move_on_due(start=desk.start, now=desk.now) == 0
        desk.now = resolved + DAYS
        assert await move_on_due(start=desk.start, now=desk.now) == 1
        assert await move_on_due(start=desk.start, now=desk.now) == 0
        assert (await records(desk, "status.changed"))[-1] == (
            "status.changed",
            "automation",
            {"status": "closed", "why": "5 days after Done"},
        )
        (row,) = await desk.rows("SELECT status_category, moves_on_at, resolved_at FROM ticket")
        assert tuple(row) == ("closed", None, resolved)

    async def test_two_clocks_at_once_close_each_of_many_once(self, desk: DeskAtWork) -> None:
        mia = await desk.person("Mia")
        for number in range(3):
            ticket = await desk.ticket(await desk.customer_writes(sender=f"+49170{number}"), mia)
            await desk.desk.change_status(ticket.id, "done", by=mia)
        desk.now += DAYS
        sweeps = await asyncio.gather(*(move_on_due(start=desk.start, now=desk.now) for _ in range(3)))
        assert sum(sweeps) == 3
        closed = [after for _, _, after in await records(desk, "status.changed") if after["status"] == "closed"]
        assert len(closed) == 3
        assert await desk.broken_chains() == []

    async def test_one_that_is_worked_on_again_or_was_no_ticket_stays(self, desk: DeskAtWork) -> None:
        mia = await desk.person("Mia")
        again, junk = await opened(desk, mia), await opened(desk, mia)
        for ticket in (again, junk):
            await desk.desk.change_status(ticket.id, "done", by=mia)
        await desk.desk.change_status(again.id, "open", by=mia)
        await desk.desk.discard(junk.id, by=mia)
        desk.now += DAYS
        assert await move_on_due(start=desk.start, now=desk.now) == 0
        await desk.desk.restore(junk.id, by=mia)
        assert await move_on_due(start=desk.start, now=desk.now) == 1

    async def test_a_later_playbook_is_obeyed_and_a_way_that_is_closed_is_tried_once(self, desk: DeskAtWork) -> None:
        mia = await desk.person("Mia")
        ticket = await opened(desk, mia)
        await desk.desk.change_status(ticket.id, "done", by=mia)
        longer = a_playbook(TEXT.replace("moves_on: {after: 5d", "moves_on: {after: 6d"))
        desk.follow(longer)
        desk.now += DAYS
        assert await move_on_due(start=desk.start, now=desk.now) == 0
        assert await desk.count("ticket WHERE moves_on_at = status_since + interval '6 days'") == 1
        rules = longer.lifecycles["standard"]
        open_ways = tuple(each for each in rules.transitions if each.to != "closed")
        desk.follow(replace(longer, lifecycles={"standard": replace(rules, transitions=open_ways)}))
        desk.now += timedelta(days=1)
        assert await move_on_due(start=desk.start, now=desk.now) == 0
        ((_, _, after),) = await records(desk, "status.skipped")
        assert after["status"] == "closed"
        assert await desk.count("ticket WHERE moves_on_at IS NOT NULL") == 0


class Continues:
    """A brain for which the customer is always on about the ticket that there is."""

    async def triage(self, burst: Burst, vocabulary: Vocabulary) -> Suggestion:
        issue = an_issue(burst, type="query", category="other", continues=burst.known[0].id if burst.known else None)
        return a_suggestion(issue)


class TestComingBack:
    async def test_until_the_last_instant_of_the_window_the_same_issue_reopens_and_after_it_not(
        self, desk: DeskAtWork
    ) -> None:
        mia = await desk.person("Mia")
        for late, status in ((timedelta(), "open"), (timedelta(microseconds=1), "done")):
            sender = f"+4917{status}"
            conversation = await desk.customer_writes(sender=sender)
            await desk.understand(conversation, Continues())
            (row,) = await desk.rows("SELECT id FROM ticket WHERE conversation_id = :id", id=conversation)
            await desk.desk.claim(conversation, by=mia)
            await desk.desk.change_status(row.id, "done", by=mia)
            desk.now += DAYS + late
            await desk.customer_writes("It is broken again", sender=sender)
            await desk.understand(conversation, Continues())
            (row,) = await desk.rows("SELECT status FROM ticket WHERE id = :id", id=row.id)
            assert row.status == status

    async def test_after_closed_it_is_a_new_ticket_that_follows_the_old_one_and_goes_to_whoever_had_it(
        self, desk: DeskAtWork
    ) -> None:
        mia = await desk.person("Mia")
        first = await opened(desk, mia)
        await desk.desk.change_status(first.id, "done", by=mia)
        desk.now += DAYS
        await move_on_due(start=desk.start, now=desk.now)
        await desk.understand(await desk.customer_writes("It is broken again"), Continues())
        follow_up, before = await desk.rows("SELECT id, status, assignee_id FROM ticket ORDER BY number DESC")
        assert (before.status, follow_up.status, follow_up.assignee_id) == ("closed", "open", mia.id)
        (row,) = await desk.rows(
            "SELECT after FROM activity WHERE kind = 'ticket.opened' AND stream_id = :id", id=follow_up.id
        )
        assert row.after["follow_up_of"] == str(first.id)
        (linked,) = await desk.rows("SELECT * FROM ticket_link")
        assert {linked.origin_id, linked.target_id} == {first.id, follow_up.id}
        assert await desk.broken_chains() == []

    async def test_whoever_had_it_may_have_left_meanwhile_and_then_it_is_nobodys(self, desk: DeskAtWork) -> None:
        mia = await desk.person("Mia")
        first = await opened(desk, mia)
        await desk.desk.change_status(first.id, "done", by=mia)
        desk.now += DAYS
        await move_on_due(start=desk.start, now=desk.now)
        await desk.desk.retire(mia.email)
        await desk.understand(await desk.customer_writes("It is broken again"), Continues())
        rows = await desk.rows("SELECT assignee_id FROM ticket ORDER BY number")
        assert [row.assignee_id for row in rows] == [mia.id, None]

    async def test_a_thanks_does_not_reopen_and_the_log_says_why(self, desk: DeskAtWork) -> None:
        mia = await desk.person("Mia")
        ticket = await opened(desk, mia)
        await desk.desk.change_status(ticket.id, "done", by=mia)
        await desk.customer_writes("Thanks!")
        await desk.understand(ticket.conversation_id, Says(a_suggestion(worthy=False, awaits_answer=False)))
        assert await desk.count("ticket WHERE status = 'done'") == 1
        ((_, actor, after),) = await records(desk, "reopen.declined")
        assert (actor, after["why"]) == ("system", "the message asks for nothing")
