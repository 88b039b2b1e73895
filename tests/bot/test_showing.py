"""Showing tickets in Slack: one card each, whatever breaks in between."""

import asyncio
from dataclasses import replace

import pytest

from bot.client import Slack
from bot.refusals import CardGone
from core.errors import AccountRefused, ChannelUnavailable
from core.ids import new_id
from emulators.slack import Channel, Workspace
from tests.bot.cards import a_card
from tests.bot.showing import (
    DEAD,
    SETTLED,
    Changing,
    Dying,
    Killed,
    an_entry_of,
    posts,
    show,
)
from tests.fakes.rooms import FakeRooms
from tests.playbooks import LIFECYCLE
from ticketing.tickets.card import TicketCard


class TestTheCard:
    async def test_is_posted_once_and_stays_as_it_is(
        self, workspace: Workspace, support: Channel, slack: Slack, rooms: FakeRooms, card: TicketCard
    ) -> None:
        for job in ("job 1", "job 2", "job 3"):
            await show(card, rooms, slack, job)
        assert len(posts(workspace, support)) == 1
        assert workspace.calls_of("chat.update") == []
        (call,) = workspace.calls_of("chat.postMessage")
        assert call.arguments["unfurl_links"] is call.arguments["unfurl_media"] is False
        assert call.arguments["text"] == "#12 Damaged item: order 78932 (High, Return, Open) from Anna Kowalski"

    async def test_follows_a_change(
        self, workspace: Workspace, support: Channel, slack: Slack, rooms: FakeRooms, card: TicketCard
    ) -> None:
        await show(card, rooms, slack)
        rooms.put(replace(card, status=LIFECYCLE.status("resolved"), version=4), channel=support.id)
        await show(card, rooms, slack, "job 2")
        assert [text.splitlines()[0][:40] for text in posts(workspace, support)] == [
            "✅ #12 Damaged item: order 78932 · Resolv"
        ]

    async def test_what_changed_and_changed_back_while_slack_did_not_answer_is_changed_back_there(
        self, workspace: Workspace, support: Channel, slack: Slack, rooms: FakeRooms, card: TicketCard
    ) -> None:
        await show(card, rooms, slack)
        rooms.put(replace(card, comments=1), channel=support.id)
        workspace.faults.next("chat.update", drop_reply=True)
        with pytest.raises(ChannelUnavailable):
            await show(card, rooms, slack, "job 2")
        assert "1 comment" in posts(workspace, support)[0]
        rooms.put(card, channel=support.id)
        await show(card, rooms, slack, "job 3", after=SETTLED)
        assert "comment" not in posts(workspace, support)[0]

    async def test_what_changed_back_after_a_death_in_the_midst_of_it_is_changed_back_there(
        self, workspace: Workspace, support: Channel, slack: Slack
    ) -> None:
        rooms, card = Dying(), a_card(ticket_id=new_id())
        rooms.put(card, channel=support.id)
        await show(card, rooms, slack)
        rooms.put(replace(card, comments=1), channel=support.id)
        rooms.dies_at = "card"
        with pytest.raises(Killed):
            await show(card, rooms, slack, "job 2")
        rooms.dies_at = ""
        rooms.put(card, channel=support.id)
        await show(card, rooms, slack, "job 3", after=DEAD)
        assert "comment" not in posts(workspace, support)[0]

    async def test_is_found_again_after_a_death_between_posting_and_noting(
        self, workspace: Workspace, support: Channel, slack: Slack
    ) -> None:
        rooms = Dying()
        card = a_card(ticket_id=new_id())
        rooms.put(card, channel=support.id)
        rooms.dies_at = "card"
        with pytest.raises(Killed):
            await show(card, rooms, slack)
        rooms.dies_at = ""
        await show(card, rooms, slack, after=DEAD)  # the same job, run again
        assert len(posts(workspace, support)) == 1
        assert rooms.where(card.ticket_id) == workspace.channel_messages(support)[0]["ts"]

    async def test_is_found_among_hundreds_of_others(
        self, workspace: Workspace, support: Channel, slack: Slack, rooms: FakeRooms, card: TicketCard
    ) -> None:
        workspace.faults.next("chat.postMessage", drop_reply=True)
        with pytest.raises(ChannelUnavailable):
            await show(card, rooms, slack)
        for _ in range(250):
            await slack.post(support.id, "another", [], metadata={"event_type": "other", "event_payload": {}})
        await show(card, rooms, slack, "job 2", after=SETTLED)
        assert sum("#12" in text for text in posts(workspace, support)) == 1
        assert len(workspace.calls_of("conversations.history")) == 2

    async def test_an_unknown_outcome_is_looked_up_before_posting_again(
        self, workspace: Workspace, support: Channel, slack: Slack, rooms: FakeRooms, card: TicketCard
    ) -> None:
        workspace.faults.next("chat.postMessage", reset=True)  # this time Slack never saw it
        with pytest.raises(ChannelUnavailable):
            await show(card, rooms, slack)
        await show(card, rooms, slack, after=SETTLED)
        assert len(posts(workspace, support)) == 1
        assert len(workspace.calls_of("conversations.history")) == 1

    async def test_after_a_rate_limit_there_is_nothing_to_look_for(
        self, workspace: Workspace, support: Channel, slack: Slack, rooms: FakeRooms, card: TicketCard
    ) -> None:
        workspace.faults.next("chat.postMessage", status=429, retry_after=3)
        with pytest.raises(ChannelUnavailable) as caught:
            await show(card, rooms, slack)
        assert caught.value.retry_after == 3
        await show(card, rooms, slack)
        assert len(posts(workspace, support)) == 1
        assert workspace.calls_of("conversations.history") == []

    async def test_is_posted_anew_when_somebody_deleted_it(
        self, workspace: Workspace, support: Channel, slack: Slack, rooms: FakeRooms, card: TicketCard
    ) -> None:
        await show(card, rooms, slack)
        first = rooms.where(card.ticket_id)
        support.remove(str(first))
        rooms.put(replace(card, version=4), channel=support.id)
        await show(card, rooms, slack, "job 2")
        (message,) = workspace.channel_messages(support)
        assert message["ts"] == rooms.where(card.ticket_id) != first

    async def test_a_card_that_keeps_vanishing_is_given_up(
        self, workspace: Workspace, slack: Slack, rooms: FakeRooms, card: TicketCard
    ) -> None:
        rooms.add_entry(an_entry_of(card))
        for _ in range(3):
            workspace.faults.next("chat.postMessage", delay=0.001)  # the card stands there
            workspace.faults.next("chat.postMessage", error="thread_not_found")  # and is gone for its first entry
        with pytest.raises(CardGone):
            await show(card, rooms, slack)
        assert workspace.faults.left == 0

    async def test_a_team_without_a_channel_says_what_to_do(self, slack: Slack, rooms: FakeRooms) -> None:
        card = a_card(ticket_id=new_id())
        rooms.put(card, channel=None)
        with pytest.raises(AccountRefused, match="Team Support has no Slack channel: `threadline teams add"):
            await show(card, rooms, slack)

    async def test_a_bad_token_lets_go_of_the_ticket(
        self, workspace: Workspace, support: Channel, slack: Slack, rooms: FakeRooms, card: TicketCard
    ) -> None:
        workspace.faults.next("chat.postMessage", error="invalid_auth")
        with pytest.raises(AccountRefused):
            await show(card, rooms, slack)
        await show(card, rooms, slack, "job 2")
        assert len(posts(workspace, support)) == 1

    async def test_twenty_jobs_at_once_post_one_card(
        self, workspace: Workspace, support: Channel, slack: Slack, rooms: FakeRooms, card: TicketCard
    ) -> None:
        rooms.add_entry(an_entry_of(card))
        await asyncio.gather(*(show(card, rooms, slack, f"job {n}") for n in range(20)))
        assert len(posts(workspace, support)) == 2

    async def test_what_changes_while_it_is_posted_shows_too(
        self, workspace: Workspace, support: Channel, slack: Slack
    ) -> None:
        rooms = Changing()
        card = a_card(ticket_id=new_id())
        rooms.put(card, channel=support.id)
        await show(card, rooms, slack)
        assert "Assignee: Mia" in posts(workspace, support)[0]
        assert len(posts(workspace, support)) == 1
