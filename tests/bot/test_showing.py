"""Showing tickets in Slack: one card each, one post for each entry, whatever breaks in between."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from bot.client import Slack
from bot.refusals import CardGone
from bot.showing import show_ticket
from bot.showing.hold import HOLD, SETTLING
from core.errors import AccountRefused, ChannelUnavailable, MessageRefused
from core.ids import new_id
from core.messages import Delivery
from emulators.slack import Channel, Workspace, as_text
from tests.bot.cards import NOON, a_card, an_entry
from tests.bot.conftest import clock
from tests.fakes.rooms import FakeRooms
from ticketing.playbook.shipped import LIFECYCLE
from ticketing.tickets.card import RoomEntry, Run, TicketCard

DEAD = HOLD + timedelta(seconds=1)  # nothing was heard of it for so long
SETTLED = SETTLING + timedelta(seconds=1)


class Killed(BaseException):
    """The process dies here. BaseException, as nothing may catch it."""


class Dying(FakeRooms):
    """Rooms of a process that dies when it wants to note what it has posted, and releases nothing."""

    dies_at: str = ""

    async def card_shown(self, ticket_id: UUID, **note: object) -> bool:
        if self.dies_at == "card":
            raise Killed
        return await super().card_shown(ticket_id, **note)  # type: ignore[arg-type]

    async def entry_shown(self, entry_id: UUID, **note: object) -> None:
        if self.dies_at == "entry":
            raise Killed
        await super().entry_shown(entry_id, **note)  # type: ignore[arg-type]

    async def release(self, ticket_id: UUID, /, *, run: Run) -> bool:
        return False if self.dies_at else await super().release(ticket_id, run=run)


class Changing(FakeRooms):
    """While the first job shows a ticket, Mia takes it, and the job for that comes and goes."""

    async def card(self, ticket_id: UUID) -> TicketCard:
        card = await super().card(ticket_id)
        if card.assignee is None:
            self.put(replace(card, assignee="Mia", version=card.version + 1), channel=None)
            now = clock()
            assert await self.take(ticket_id, run=Run("job 2"), now=now, until=now + HOLD) is None
        return card


@pytest.fixture
def card(rooms: FakeRooms, support: Channel) -> TicketCard:
    card = a_card(ticket_id=new_id())
    rooms.put(card, channel=support.id)
    return card


def an_entry_of(card: TicketCard, **changes: object) -> RoomEntry:
    return an_entry(ticket_id=card.ticket_id, **changes)


async def show(
    card: TicketCard, rooms: FakeRooms, slack: Slack, job: str = "job 1", *, after: timedelta = timedelta()
) -> None:
    await show_ticket(card.ticket_id, job=job, rooms=rooms, client=slack, clock=lambda: clock() + after)


def posts(workspace: Workspace, support: Channel) -> list[str]:
    return [as_text(message) for message in workspace.channel_messages(support)]


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


class Creeping:
    """A clock on which time passes with every look."""

    def __init__(self, step: timedelta) -> None:
        self.now, self.step = NOON, step

    def __call__(self) -> datetime:
        self.now += self.step
        return self.now


class Stolen:
    """A clock that stands still for so many looks; at the next an hour has gone and another job has come."""

    def __init__(self, rooms: FakeRooms, ticket_id: UUID, *, looks: int = 4) -> None:
        # taking, posting the card, noting it, beginning the entries
        self.rooms, self.ticket_id, self.still, self.looks = rooms, ticket_id, looks, 0

    def __call__(self) -> datetime:
        self.looks += 1
        if self.looks <= self.still:
            return NOON
        later = NOON + timedelta(hours=1)
        self.rooms.hand_over(self.ticket_id, Run("another job"), until=later + timedelta(seconds=30))
        return later


async def show_but_fail_at(
    number: int, card: TicketCard, rooms: FakeRooms, slack: Slack, workspace: Workspace, status: int = 500
) -> None:
    """Run until the number-th post, which fails: 500 as unknown, 429 as not done."""
    for _ in range(number - 1):
        workspace.faults.next("chat.postMessage", delay=0.001)
    workspace.faults.next("chat.postMessage", status=status)
    with pytest.raises(ChannelUnavailable):
        await show(card, rooms, slack)
