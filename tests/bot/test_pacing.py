"""Turns: within the limits, the most urgent first, few waiting; and what show jobs make of them with limits on."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import replace

import pytest

from bot.client import Slack
from bot.config import SlackConfig
from bot.pacing import LIMITS, Method, Rate, Turnstile, Visitor
from bot.showing import show_ticket
from core.errors import ChannelUnavailable, Throttled
from core.ids import new_id
from emulators.slack import Channel, Workspace, as_text
from emulators.waiting import until
from tests.bot.cards import a_card
from tests.bot.conftest import clock
from tests.fakes.rooms import FakeRooms
from ticketing.tickets.card import TicketCard
from ticketing.triage.suggestion import Priority

FAST = 20  # times as fast as Slack counts
WAITING = 8
UPDATE = (Method.UPDATE, "C1")


def visitors(*ranks: int) -> list[Visitor]:
    return [Visitor(number, rank) for number, rank in enumerate(ranks)]


def turnstile(burst: int = 1, per_second: float = 100, **options: float) -> Turnstile:
    return Turnstile({Method.UPDATE: (Rate(burst, per_second * 60),)}, **options)  # type: ignore[arg-type]


async def in_order(turns: Turnstile, coming: Sequence[Visitor]) -> tuple[list[Visitor], list[Visitor]]:
    """Who got a turn, in order, and who was sent away, if all come at once in this order."""
    served: list[Visitor] = []
    refused: list[Visitor] = []

    async def come(visitor: Visitor) -> None:
        try:
            (await turns.take(*UPDATE, visitor)).use()
            served.append(visitor)
        except Throttled:
            refused.append(visitor)

    await asyncio.gather(*(come(visitor) for visitor in coming))
    return served, refused


class TestTurnstile:
    async def test_lets_the_burst_through_at_once_and_the_rest_at_the_rate(self) -> None:
        turns = turnstile(burst=3, per_second=20)
        began = asyncio.get_running_loop().time()
        served, _ = await in_order(turns, visitors(*[0] * 8))
        assert len(served) == 8
        assert asyncio.get_running_loop().time() - began >= 5 / 20 - 0.01

    async def test_the_most_urgent_waiter_goes_first_and_equals_in_the_order_they_came(self) -> None:
        coming = visitors(9, 4, 0, 4, 0)
        served, _ = await in_order(turnstile(), coming)
        assert served == [coming[0], coming[2], coming[4], coming[1], coming[3]]

    async def test_few_wait_and_the_less_urgent_make_room(self) -> None:
        coming = visitors(9, 5, 5, 5, 0, 9)
        served, refused = await in_order(turnstile(most_waiting=3), coming)
        assert served == [coming[0], coming[4], coming[1], coming[2]]
        assert {visitor.name for visitor in refused} == {3, 5}

    async def test_a_long_wait_is_not_begun_but_refused_with_its_length(self) -> None:
        turns = turnstile(per_second=0.1)
        (await turns.take(*UPDATE, Visitor("a", 0))).use()
        assert 9 < await retry_after(turns, Visitor("b", 0)) <= 10

    async def test_whoever_is_sent_away_several_times_keeps_one_appointment(self) -> None:
        turns = turnstile(per_second=0.1, patience=0)
        (await turns.take(*UPDATE, Visitor("first", 0))).use()
        times = [await retry_after(turns, Visitor("a", 5)) for _ in range(5)]
        assert max(times) - min(times) < 5
        assert await retry_after(turns, Visitor("b", 5)) - times[0] > 5  # behind a
        assert await retry_after(turns, Visitor("urgent", 0)) < times[0] + 5  # not behind either

    async def test_a_turn_that_is_not_used_goes_to_the_next(self) -> None:
        turns = turnstile(per_second=0.01)
        turn = await turns.take(*UPDATE, Visitor("a", 0))
        turn.give_back()
        turn.give_back()  # once is all there was
        (await turns.take(*UPDATE, Visitor("b", 0))).use()
        assert await retry_after(turns, Visitor("c", 0)) > 50

    async def test_a_waiter_that_is_cancelled_takes_no_turn(self) -> None:
        turns = turnstile(per_second=5, most_waiting=1)
        (await turns.take(*UPDATE, Visitor("a", 0))).use()
        gone = asyncio.create_task(turns.take(*UPDATE, Visitor("b", 0)))
        await asyncio.sleep(0)
        gone.cancel()
        await asyncio.gather(gone, return_exceptions=True)
        assert await retry_after_or_zero(turns, Visitor("c", 0)) == 0  # in the one place there is to wait

    async def test_one_that_is_cancelled_when_its_turn_has_just_come_gives_it_back(self) -> None:
        turns = turnstile(per_second=0.25)
        turn = await turns.take(*UPDATE, Visitor("a", 0))
        gone = asyncio.create_task(turns.take(*UPDATE, Visitor("b", 0)))
        await asyncio.sleep(0)
        turn.give_back()
        gone.cancel()
        await asyncio.gather(gone, return_exceptions=True)
        assert gone.cancelled()
        assert not (await turns.take(*UPDATE, Visitor("c", 0))).waited

    async def test_what_slack_closes_is_closed_for_everybody_and_nothing_else_is(self) -> None:
        turns = Turnstile({Method.UPDATE: LIMITS[Method.UPDATE], Method.POST: LIMITS[Method.POST]})
        turns.close(Method.POST, "C1", 30)
        assert 29 < await retry_after(turns, Visitor("a", 0), Method.POST, "C1") <= 30
        (await turns.take(Method.POST, "C2", Visitor("a", 0))).use()
        (await turns.take(Method.UPDATE, "C1", Visitor("a", 0))).use()

    async def test_those_who_wait_are_sent_away_when_slack_closes_for_long(self) -> None:
        turns = turnstile(per_second=1)
        (await turns.take(*UPDATE, Visitor("a", 0))).use()
        waiting = asyncio.create_task(turns.take(*UPDATE, Visitor("b", 0)))
        await asyncio.sleep(0)
        turns.close(*UPDATE, 60)
        with pytest.raises(Throttled) as caught:
            await waiting
        assert caught.value.retry_after > 55

    @pytest.mark.parametrize("method", [each for each in Method if each is not Method.POST])
    def test_no_minute_can_see_more_than_a_tier_3_method_is_allowed(self, method: Method) -> None:
        (rate,) = LIMITS[method]
        assert rate.burst + rate.per_minute <= 50


async def retry_after(turns: Turnstile, visitor: Visitor, method: Method = Method.UPDATE, channel: str = "C1") -> float:
    with pytest.raises(Throttled) as caught:
        await turns.take(method, channel, visitor)
    return caught.value.retry_after


async def retry_after_or_zero(turns: Turnstile, visitor: Visitor) -> float:
    try:
        await turns.take(*UPDATE, visitor)
    except Throttled as error:
        return error.retry_after
    return 0


class FastTime:
    """Slack's clock, which runs fast; held, it stands still, and no allowance grows."""

    def __init__(self) -> None:
        self._held_at: float | None = None

    def __call__(self) -> float:
        return time.time() * FAST if self._held_at is None else self._held_at

    def hold(self) -> None:
        self._held_at = self()

    def go_on(self) -> None:
        self._held_at = None


@pytest.fixture
def slacks_time() -> FastTime:
    return FastTime()


@pytest.fixture
def workspace(slacks_time: FastTime) -> Workspace:
    """Slack with its limits on, in which time runs fast."""
    return Workspace(limits=True, clock=slacks_time)


def fast(limits: Mapping[Method, tuple[Rate, ...]] = LIMITS) -> Turnstile:
    faster = {
        method: tuple(replace(rate, per_minute=rate.per_minute * FAST) for rate in rates)
        for method, rates in limits.items()
    }
    return Turnstile(faster, patience=5 / FAST, most_waiting=WAITING)


@pytest.fixture
async def two_slacks(config: SlackConfig) -> AsyncIterator[list[Slack]]:
    """The clients of two worker processes, each of which believes that Slack takes all it has."""
    made = [Slack(config, turns=fast({Method.UPDATE: (Rate(50, 50),)})) for _ in range(2)]
    yield made
    for slack in made:
        await slack.close()


@pytest.fixture
async def paced(config: SlackConfig) -> AsyncIterator[Slack]:
    slack = Slack(config, turns=fast())
    yield slack
    await slack.close()


class TestCardsWithLimitsOn:
    async def test_more_changes_than_slack_takes_end_with_every_card_true_and_urgent_ones_first(
        self, workspace: Workspace, support: Channel, rooms: FakeRooms, slack: Slack, paced: Slack
    ) -> None:
        cards = await posted(36, rooms, slack, workspace, support)
        urgent = {card.ticket_id for card in cards if card.priority is Priority.URGENT}
        jobs = []
        for version in range(4, 9):  # 180 changes; the urgent tickets change last each time
            for card in sorted(cards, key=lambda card: card.ticket_id in urgent):
                rooms.put(replace(card, assignee=f"Mia {version}", version=version), channel=support.id)
                jobs.append(as_job(lambda t=card.ticket_id: show(t, rooms, paced)))  # type: ignore[misc]
        await asyncio.gather(*jobs)

        updates = workspace.calls_of("chat.update")
        assert [call.status for call in updates] == [200] * len(updates)
        assert len(updates) < 2 * len(cards)  # of 180 changes
        assert most_in_a_minute([call.at for call in updates]) <= 50
        assert all("Assignee: Mia 8" in text for text in shown(workspace, support))
        order = list(dict.fromkeys(ticket_of(call.arguments) for call in updates))  # of each one's first edit
        last_urgent = max(order.index(str(ticket)) for ticket in urgent)
        # Only the burst and those who came while the urgent ones were on their way may have gone before.
        assert len(order) - last_urgent > len(cards) // 4

    async def test_two_processes_obey_what_slack_tells_either_and_end_with_the_truth(
        self,
        workspace: Workspace,
        slacks_time: FastTime,
        support: Channel,
        rooms: FakeRooms,
        slack: Slack,
        two_slacks: list[Slack],
    ) -> None:
        cards = await posted(60, rooms, slack, workspace, support)
        for card in cards:
            rooms.put(replace(card, assignee="Mia", version=4), channel=support.id)
        slacks_time.hold()  # however slow this machine is, the two together ask for more than Slack takes
        working = asyncio.gather(
            *(
                as_job(lambda t=card.ticket_id, s=two_slacks[number % 2]: show(t, rooms, s))  # type: ignore[misc]
                for number, card in enumerate(cards)
            )
        )
        await until(lambda: 429 in statuses(workspace), "Slack to say that it is too much")
        slacks_time.go_on()
        await working
        assert all("Assignee: Mia" in text for text in shown(workspace, support))
        assert statuses(workspace).count(200) == len(cards)
        assert 1 <= statuses(workspace).count(429) <= 2 * WAITING  # who was under way when it came

    async def test_a_change_that_is_taken_back_while_it_waits_costs_no_call(
        self, workspace: Workspace, support: Channel, rooms: FakeRooms, slack: Slack, config: SlackConfig
    ) -> None:
        (card,) = await posted(1, rooms, slack, workspace, support)
        one = Slack(config, turns=turnstile(burst=1, per_second=5))
        async with one.turn(Method.UPDATE, support.id) as turn:
            rooms.put(replace(card, assignee="Mia", version=4), channel=support.id)
            showing = asyncio.create_task(show(card.ticket_id, rooms, one))
            await asyncio.sleep(0.05)
            rooms.put(card, channel=support.id)
            turn.use()
        await showing
        assert workspace.calls_of("chat.update") == []
        async with one.turn(Method.UPDATE, support.id) as turn:
            assert not turn.waited  # its turn was given back
        await one.close()

    async def test_what_somebody_waits_for_at_the_screen_never_waits_behind_cards(
        self, workspace: Workspace, support: Channel, config: SlackConfig
    ) -> None:
        turns = Turnstile(patience=0)
        for method in Method:
            turns.close(method, support.id, 3600)
        slack = Slack(config, turns=turns)
        mia = workspace.add_user("mia", "mia@desk.example")
        await slack.tell(support.id, mia.id, "right away")
        await slack.open_view(workspace.trigger(mia.id), {"type": "modal", "title": PLAIN, "blocks": [DIVIDER]})
        with pytest.raises(Throttled):
            await slack.update(support.id, "1.1", "later", [])
        assert [len(mia.ephemerals()), len(mia.modals())] == [1, 1]
        await slack.close()

    async def test_a_429_of_slack_closes_that_method_for_as_long_as_it_says(
        self, workspace: Workspace, support: Channel, rooms: FakeRooms, slack: Slack, paced: Slack
    ) -> None:
        first, second = await posted(2, rooms, slack, workspace, support)
        for card in (first, second):
            rooms.put(replace(card, assignee="Mia", version=4), channel=support.id)
        workspace.faults.next("chat.update", status=429, retry_after=7)
        for card in (first, second):
            with pytest.raises(Throttled) as caught:
                await show(card.ticket_id, rooms, paced)
            assert 6 < caught.value.retry_after < 8.5
        assert len(workspace.calls_of("chat.update")) == 1  # the second one did not even ask


PLAIN = {"type": "plain_text", "text": "Form"}
DIVIDER = {"type": "divider"}
MOMENT = 0.02


async def posted(
    number: int, rooms: FakeRooms, slack: Slack, workspace: Workspace, support: Channel
) -> list[TicketCard]:
    """Cards that stand in the channel; every sixth ticket is urgent."""
    cards = [
        a_card(ticket_id=new_id(), number=at, priority=Priority.NORMAL if at % 6 else Priority.URGENT)
        for at in range(number)
    ]
    workspace.limits = False
    for card in cards:
        rooms.put(card, channel=support.id)
        await show(card.ticket_id, rooms, slack)
    workspace.limits = True
    workspace.calls.clear()
    return cards


async def show(ticket_id: object, rooms: FakeRooms, slack: Slack) -> None:
    await show_ticket(ticket_id, job=str(new_id()), rooms=rooms, client=slack, clock=clock)  # type: ignore[arg-type]


async def as_job(run: Callable[[], Awaitable[None]]) -> None:
    """As a worker runs it: again when it is told to, up to a moment late."""
    while True:
        try:
            return await run()
        except ChannelUnavailable as error:
            await asyncio.sleep((error.retry_after or 0.1) + random.uniform(0, MOMENT))


def shown(workspace: Workspace, support: Channel) -> list[str]:
    return [as_text(message) for message in workspace.channel_messages(support)]


def statuses(workspace: Workspace) -> list[int]:
    """What Slack answered to each change of a card."""
    return [call.status for call in workspace.calls_of("chat.update")]


def ticket_of(arguments: dict[str, object]) -> str:
    return str(arguments["metadata"]["event_payload"]["ticket"])  # type: ignore[index]


def most_in_a_minute(times: Sequence[float]) -> int:
    return max(sum(0 <= other - at < 60 for other in times) for at in times)
