"""Cards that earlier attempts may have left behind are looked for together: Slack is not asked the same for each."""

import asyncio
from uuid import UUID

import pytest

from bot.client import Slack
from bot.pacing import ANYBODY
from bot.refusals import CardGone
from bot.wire import card_mark, conversation_mark
from core.errors import ChannelUnavailable
from core.ids import new_id
from emulators.slack import Channel, Workspace


async def posted(slack: Slack, channel: Channel, count: int) -> dict[UUID, str]:
    """Cards of tickets, in the order they were posted: owner and ts."""
    cards = {}
    for _ in range(count):
        owner = new_id()
        cards[owner] = await slack.post(channel.id, "a card", [], metadata=card_mark(owner, "digest"))
    return cards


def looks(workspace: Workspace) -> int:
    return sum(1 for call in workspace.calls if call.method == "conversations.history")


async def test_hundreds_who_look_at_once_share_a_look(slack: Slack, support: Channel, workspace: Workspace) -> None:
    cards = await posted(slack, support, 20)
    wanted = [*cards, *(new_id() for _ in range(180))]

    found = await asyncio.gather(*(slack.card_posted(owner, support.id, 0, visitor=ANYBODY) for owner in wanted))

    assert found == [cards.get(owner) for owner in wanted]
    assert looks(workspace) <= 2  # at most the first comer's own, and one for all who came meanwhile


async def test_a_look_goes_on_where_the_one_before_it_ended(
    slack: Slack, support: Channel, workspace: Workspace
) -> None:
    old = await posted(slack, support, 3)
    assert await slack.card_posted(new_id(), support.id, 0, visitor=ANYBODY) is None
    workspace.calls.clear()
    new = await posted(slack, support, 2)

    for owner, ts in {**old, **new}.items():
        assert await slack.card_posted(owner, support.id, 0, visitor=ANYBODY) == ts

    oldest = [float(call.arguments["oldest"]) for call in workspace.calls if call.method == "conversations.history"]
    assert len(oldest) == 5
    assert min(oldest) > float(next(iter(old.values()))) - 60, "not from the beginning again"


async def test_what_is_older_than_asked_for_is_not_found(slack: Slack, support: Channel) -> None:
    ((owner, ts),) = (await posted(slack, support, 1)).items()

    assert await slack.card_posted(owner, support.id, 0, visitor=ANYBODY) == ts
    assert await slack.card_posted(owner, support.id, float(ts) + 1, visitor=ANYBODY) is None


async def test_a_card_that_is_gone_is_not_found_again(slack: Slack, support: Channel) -> None:
    ((owner, ts),) = (await posted(slack, support, 1)).items()
    assert await slack.card_posted(owner, support.id, 0, visitor=ANYBODY) == ts
    await slack.delete(support.id, ts)

    with pytest.raises(CardGone):
        await slack.update(support.id, ts, "a card", [])
    assert await slack.card_posted(owner, support.id, 0, visitor=ANYBODY) is None


async def test_light_cards_are_found_and_those_of_other_conversations_are_not(slack: Slack, support: Channel) -> None:
    mine, other = new_id(), new_id()
    ts = await slack.post(support.id, "a light card", [], metadata=conversation_mark(mine, "digest"))

    assert await slack.card_posted(mine, support.id, 0, visitor=ANYBODY) == ts
    assert await slack.card_posted(other, support.id, 0, visitor=ANYBODY) is None


async def test_a_look_that_fails_is_heard_by_all_and_the_next_one_begins_anew(
    slack: Slack, support: Channel, workspace: Workspace
) -> None:
    ((owner, ts),) = (await posted(slack, support, 1)).items()
    workspace.faults.add("conversations.history", "server_error")

    with pytest.raises(ChannelUnavailable):
        await slack.card_posted(owner, support.id, 0, visitor=ANYBODY)
    assert await slack.card_posted(owner, support.id, 0, visitor=ANYBODY) == ts
