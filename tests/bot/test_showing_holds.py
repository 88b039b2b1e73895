"""Who shows a ticket holds it: of two, one shows."""

from datetime import timedelta

import pytest

from bot.client import Slack
from bot.showing import show_ticket
from bot.showing.hold import HOLD
from core.errors import ChannelUnavailable
from core.messages import Delivery
from emulators.slack import Channel, Workspace
from tests.bot.cards import NOON
from tests.bot.showing import Creeping, Stolen, an_entry_of, posts, show
from tests.fakes.rooms import FakeRooms
from ticketing.tickets.card import TicketCard


class TestTheHold:
    async def test_is_renewed_while_slack_is_slow(
        self, workspace: Workspace, support: Channel, slack: Slack, rooms: FakeRooms, card: TicketCard
    ) -> None:
        for number in range(5):
            rooms.add_entry(an_entry_of(card, text=f"message {number}", at=NOON + timedelta(seconds=number)))
        slow = Creeping(timedelta(seconds=4))
        await show_ticket(card.ticket_id, job="job 1", rooms=rooms, client=slack, clock=slow)
        assert slow.now - NOON > HOLD
        assert len(posts(workspace, support)) == 6

    async def test_once_lost_nothing_more_is_posted(
        self, workspace: Workspace, support: Channel, slack: Slack, rooms: FakeRooms, card: TicketCard
    ) -> None:
        rooms.add_entry(an_entry_of(card))
        with pytest.raises(ChannelUnavailable, match="Another run"):
            await show_ticket(
                card.ticket_id, job="job 1", rooms=rooms, client=slack, clock=Stolen(rooms, card.ticket_id)
            )
        assert len(posts(workspace, support)) == 1

    async def test_whoever_was_too_slow_does_not_change_what_another_has_shown_meanwhile(
        self, workspace: Workspace, support: Channel, slack: Slack, rooms: FakeRooms, card: TicketCard
    ) -> None:
        reply = an_entry_of(card, kind="outbound", delivery=Delivery.SENDING)
        rooms.add_entry(reply)
        await show(card, rooms, slack)
        rooms.add_entry(reply)  # to be shown anew, as it was when this job read it
        looks = Stolen(rooms, card.ticket_id, looks=2)  # taking, beginning the entries
        with pytest.raises(ChannelUnavailable, match="Another run"):
            await show_ticket(card.ticket_id, job="job 2", rooms=rooms, client=slack, clock=looks)
        assert workspace.calls_of("chat.update") == []
