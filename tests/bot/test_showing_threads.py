"""Showing what stands under a card: one post for each entry, whatever breaks in between."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.client import Slack
from core.errors import ChannelUnavailable, MessageRefused
from core.ids import new_id
from core.messages import Delivery
from emulators.slack import Channel, Workspace, as_text
from tests.bot.cards import NOON, a_card
from tests.bot.showing import DEAD, SETTLED, Changing, Dying, Killed, an_entry_of, posts, show, show_but_fail_at
from tests.fakes.rooms import FakeRooms
from ticketing.tickets.card import TicketCard


class TestTheThread:
    async def test_shows_entries_in_order_under_the_card(
        self, workspace: Workspace, support: Channel, slack: Slack, rooms: FakeRooms, card: TicketCard
    ) -> None:
        rooms.add_entry(an_entry_of(card, text="second", at=NOON + timedelta(seconds=1)))
        rooms.add_entry(an_entry_of(card, text="first"))
        await show(card, rooms, slack)
        thread = workspace.thread(support, str(rooms.where(card.ticket_id)))
        assert [as_text(message).splitlines()[-1] for message in thread[1:]] == ["first", "second"]

    async def test_a_reply_that_gets_on_changes_its_post(
        self, workspace: Workspace, support: Channel, slack: Slack, rooms: FakeRooms, card: TicketCard
    ) -> None:
        reply = an_entry_of(card, kind="outbound", author="Mia", text="Hello", delivery=Delivery.PENDING)
        rooms.add_entry(reply)
        await show(card, rooms, slack)
        rooms.add_entry(replace(reply, delivery=Delivery.DELIVERED))
        await show(card, rooms, slack, "job 2")
        _, shown = posts(workspace, support)
        assert shown == "📤 Mia → customer · ✓✓ delivered\nHello"

    async def test_each_entry_is_posted_once_across_a_death(
        self, workspace: Workspace, support: Channel, slack: Slack
    ) -> None:
        rooms = Dying()
        card = a_card(ticket_id=new_id())
        rooms.put(card, channel=support.id)
        for number in range(3):
            rooms.add_entry(an_entry_of(card, text=f"message {number}", at=NOON + timedelta(seconds=number)))
        rooms.dies_at = "entry"
        with pytest.raises(Killed):
            await show(card, rooms, slack)
        rooms.dies_at = ""
        await show(card, rooms, slack, after=DEAD)
        shown = [text.splitlines()[-1] for text in posts(workspace, support)[1:]]
        assert shown == ["message 0", "message 1", "message 2"]

    async def test_a_long_message_goes_on_where_it_broke_off(
        self, workspace: Workspace, support: Channel, slack: Slack, rooms: FakeRooms, card: TicketCard
    ) -> None:
        rooms.add_entry(an_entry_of(card, text="&" * 4000))  # 20,000 characters on the wire: three posts
        await show_but_fail_at(3, card, rooms, slack, workspace)
        await show(card, rooms, slack, "job 2", after=SETTLED)
        thread = workspace.thread(support, str(rooms.where(card.ticket_id)))
        parts = [message["metadata"]["event_payload"]["part"] for message in thread[1:]]
        assert parts == [0, 1, 2]
        words = "".join(
            block["text"]["text"] for m in thread[1:] for block in m["blocks"][1:] if block["type"] == "section"
        )
        assert words == "&amp;" * 4000

    async def test_a_post_that_vanishes_while_it_is_looked_for_costs_no_card(
        self, workspace: Workspace, support: Channel, slack: Slack, rooms: FakeRooms, card: TicketCard
    ) -> None:
        rooms.add_entry(an_entry_of(card, text="&" * 4000))
        await show_but_fail_at(3, card, rooms, slack, workspace)
        workspace.faults.next("chat.update", delay=0.001)  # the card, of which nobody knows what it shows
        workspace.faults.next("chat.update", error="message_not_found")  # deleted after we had read the thread
        await show(card, rooms, slack, "job 2", after=SETTLED)
        top = [m for m in workspace.channel_messages(support) if m.get("thread_ts", m["ts"]) == m["ts"]]
        assert len(top) == 1
        parts = [m["metadata"]["event_payload"]["part"] for m in workspace.thread(support, top[0]["ts"])[1:]]
        assert sorted(set(parts)) == [0, 1, 2]

    async def test_an_entry_that_slack_refuses_keeps_no_other_from_being_shown(
        self, workspace: Workspace, support: Channel, slack: Slack, rooms: FakeRooms, card: TicketCard
    ) -> None:
        for number in range(3):
            rooms.add_entry(an_entry_of(card, text=f"message {number}", at=NOON + timedelta(seconds=number)))
        for _ in range(2):  # the card and the first entry
            workspace.faults.next("chat.postMessage", delay=0.001)
        workspace.faults.next("chat.postMessage", error="invalid_blocks")
        with pytest.raises(MessageRefused, match="invalid_blocks"):
            await show(card, rooms, slack)
        shown = [text.splitlines()[-1] for text in posts(workspace, support)[1:]]
        assert shown == ["message 0", "message 2"]
        await show(card, rooms, slack, "job 2")  # once it is mended
        shown = [text.splitlines()[-1] for text in posts(workspace, support)[1:]]
        assert shown == ["message 0", "message 2", "message 1"]

    async def test_a_refused_entry_does_not_swallow_what_changed_meanwhile(
        self, workspace: Workspace, support: Channel, slack: Slack
    ) -> None:
        rooms = Changing()
        card = a_card(ticket_id=new_id())
        rooms.put(card, channel=support.id)
        rooms.add_entry(an_entry_of(card))
        workspace.faults.next("chat.postMessage", delay=0.001)  # the card
        workspace.faults.next("chat.postMessage", error="invalid_blocks")
        with pytest.raises(ChannelUnavailable):  # so the job runs again: the one for Mia's claim has come and gone
            await show(card, rooms, slack)
        await show(card, rooms, slack)
        shown = posts(workspace, support)
        assert ("Assignee: Mia" in shown[0], len(shown)) == (True, 2)

    async def test_a_rate_limit_in_the_middle_repeats_nothing(
        self, workspace: Workspace, support: Channel, slack: Slack, rooms: FakeRooms, card: TicketCard
    ) -> None:
        for number in range(4):
            rooms.add_entry(an_entry_of(card, text=f"message {number}", at=NOON + timedelta(seconds=number)))
        await show_but_fail_at(3, card, rooms, slack, workspace, status=429)
        await show(card, rooms, slack, "job 2")
        assert len(posts(workspace, support)) == 5
        assert workspace.calls_of("conversations.replies") == []

    async def test_a_post_that_somebody_deleted_is_posted_anew(
        self, workspace: Workspace, support: Channel, slack: Slack, rooms: FakeRooms, card: TicketCard
    ) -> None:
        reply = an_entry_of(card, kind="outbound", text="Hello", delivery=Delivery.PENDING)
        rooms.add_entry(reply)
        await show(card, rooms, slack)
        support.remove(workspace.channel_messages(support)[1]["ts"])
        rooms.add_entry(replace(reply, delivery=Delivery.SENT))
        await show(card, rooms, slack, "job 2")
        assert "✓ sent" in posts(workspace, support)[1]

    async def test_entries_begin_again_under_a_new_card(
        self, workspace: Workspace, support: Channel, slack: Slack, rooms: FakeRooms, card: TicketCard
    ) -> None:
        await show(card, rooms, slack)
        support.remove(str(rooms.where(card.ticket_id)))
        rooms.add_entry(an_entry_of(card, text="where did it go?"))
        await show(card, rooms, slack, "job 2")
        shown = workspace.thread(support, str(rooms.where(card.ticket_id)))
        assert [as_text(message).splitlines()[-1] for message in shown[1:]] == ["where did it go?"]
