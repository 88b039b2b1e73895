"""`threadline doctor --repair` on light cards: those of conversations that no ticket carries."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.commands.repair import repair
from bot.wire import conversation_mark
from core.errors import Throttled
from core.ids import new_id
from emulators.slack import as_text
from emulators.waiting import until
from tests.app.repairing import Desk, done, open_desk


@pytest.fixture
async def desk(database: str, engine: AsyncEngine) -> AsyncIterator[Desk]:
    """Two conversations that wait for people, and one that is resolved, all shown."""
    async with open_desk(database, engine) as desk:
        for number, name in enumerate(("Anna <!here>", "Ben", "Carla")):
            desk.conversations.append(conversation := await desk.greeted(number, name))
            await desk.show(conversation)
        await desk.made.desk.resolve(desk.conversations[2].id, by=desk.mia)
        await desk.show(desk.conversations[2])
        await desk.run("DELETE FROM pgqueuer")
        yield desk


async def test_where_all_is_well_nothing_is_done(desk: Desk) -> None:
    before, calls = await desk.state(), len(desk.slack.calls)
    assert await desk.repair() == []
    assert await desk.state() == before
    assert {call.method for call in desk.slack.calls[calls:]} <= {"conversations.history", "auth.test"}


async def test_who_waits_without_a_card_gets_one_and_who_waits_no_more_gets_none(desk: Desk) -> None:
    anna, ben, carla = desk.conversations
    desk.support.remove((await desk.card(anna))["ts"])
    for each in (ben, carla):
        desk.support.remove((await desk.card(each))["ts"])
        await desk.forget(each)

    assert await desk.repair() == ["Anna <!here> posted", "Ben posted"]
    assert [len(desk.marked(each)) for each in desk.conversations] == [1, 1, 0]
    assert [desk.marked(each)[0] for each in (anna, ben)] == [await desk.card(each) for each in (anna, ben)]
    assert await desk.repair() == []


async def test_of_two_cards_for_one_conversation_the_one_that_is_noted_stays(desk: Desk) -> None:
    anna, _, carla = desk.conversations
    kept = [await desk.card(each) for each in (anna, carla)]
    for each in (anna, carla):
        await desk.client.post(desk.support.id, "double", [], metadata=conversation_mark(each.id, "x"))

    assert await desk.repair() == ["Anna <!here> extra card deleted", "Carla extra card deleted"]
    assert [desk.marked(each) for each in (anna, carla)] == [[card] for card in kept]
    assert await desk.repair() == []


async def test_cards_that_the_database_has_forgotten_are_found_again_and_say_what_is_so_now(desk: Desk) -> None:
    anna, ben, _ = desk.conversations
    before = [await desk.card(each) for each in (anna, ben)]
    for each in (anna, ben):
        await desk.forget(each)
    await desk.made.desk.resolve(ben.id, by=desk.mia)

    assert await desk.repair() == ["Anna <!here> found again", "Ben found again"]
    assert [(await desk.card(each))["ts"] for each in (anna, ben)] == [card["ts"] for card in before]
    assert "resolved by Mia" in as_text(await desk.card(ben))
    assert [len(desk.marked(each)) for each in (anna, ben)] == [1, 1]
    assert await desk.repair() == []


async def test_a_card_that_was_left_behind_long_before_the_customer_began_to_wait_is_found_again(desk: Desk) -> None:
    anna = desk.conversations[0]
    before = await desk.card(anna)
    await desk.forget(anna)
    await desk.run("UPDATE conversation SET awaiting_since = now() + interval '1 hour' WHERE id = :id", id=anna.id)
    await desk.run("UPDATE conversation SET awaiting_since = NULL WHERE id <> :id", id=anna.id)

    assert "Anna <!here> found again" in await desk.repair()
    assert (await desk.card(anna))["ts"] == before["ts"]
    assert len(desk.marked(anna)) == 1


async def test_a_stale_card_is_brought_up_to_date_also_of_who_waits_no_more(desk: Desk) -> None:
    anna, ben, _ = desk.conversations
    await desk.made.desk.claim(anna.id, by=desk.mia)
    await desk.made.desk.resolve(ben.id, by=desk.mia)

    assert await desk.repair() == ["Anna <!here> brought up to date", "Ben brought up to date"]
    assert "Mia has it" in as_text(await desk.card(anna))
    assert "resolved by Mia" in as_text(await desk.card(ben))
    assert await desk.repair() == []


async def test_cards_in_a_channel_that_is_not_theirs_any_more_move_and_leave_word(desk: Desk) -> None:
    intake = desk.slack.add_channel("intake")
    await desk.made.desk.set_intake(intake.id)
    await desk.show(await desk.opened(9))  # so that the old channel is looked at further on
    old = await desk.card(desk.conversations[0])

    assert await desk.repair() == ["Anna <!here> moved to its channel", "Ben moved to its channel"]
    for conversation in desk.conversations[:2]:
        assert (await desk.card(conversation))["ts"] in intake.messages
    left = desk.slack.message(desk.support, old["ts"])["blocks"]
    assert [block["text"]["text"] for block in left] == [
        f"➡️ The conversation with Anna &lt;!here&gt; is in <#{intake.id}> now."
    ]
    assert await desk.repair() == []


async def test_without_a_channel_it_is_said_and_nothing_is_touched(desk: Desk) -> None:
    await desk.run("UPDATE team SET slack_channel = NULL")
    before = await desk.state()

    repaired = await repair(desk.made, desk.dsn)

    assert done(repaired) == []
    assert ["threadline teams intake" in problem and "Ben" in problem for problem in repaired.problems] == [True]
    assert await desk.state() == before


async def test_a_card_of_a_conversation_that_the_database_does_not_know_is_counted_and_left_alone(desk: Desk) -> None:
    """It is the last that is known of what a restored database has lost, or another desk's that works here."""
    await desk.client.post(desk.support.id, "whose?", [], metadata=conversation_mark(new_id(), "x"))
    before = await desk.state()

    repaired = await repair(desk.made, desk.dsn)

    assert (done(repaired), repaired.problems, repaired.found.strange) == ([], [], 1)
    assert await desk.state() == before


async def test_what_happens_while_an_interrupted_repair_holds_a_card_is_shown_all_the_same(desk: Desk) -> None:
    anna = desk.conversations[0]
    desk.support.remove((await desk.card(anna))["ts"])
    desk.slack.faults.next("chat.postMessage", delay=0.5)
    repairing = asyncio.create_task(desk.repair())

    async def posting() -> bool:
        return not desk.slack.faults.left

    await until(posting, "a repair that posts")
    await desk.made.desk.claim(anna.id, by=desk.mia)
    with pytest.raises(Throttled):  # so the worker's job comes again, instead of leaving it to the repair
        await desk.show(anna)
    repairing.cancel()
    await asyncio.wait((repairing,))

    async def landed() -> bool:
        return len(desk.marked(anna)) == 1

    await until(landed, "its post in Slack")
    await desk.run("UPDATE conversation_card SET held_until = now() - interval '1 second'")  # the time has passed
    await desk.show(anna)
    assert "Mia has it" in as_text(await desk.card(anna))
    assert len(desk.marked(anna)) == 1


@pytest.mark.parametrize("after", [0, 1])
async def test_what_was_interrupted_is_completed_by_the_next_run(desk: Desk, after: int) -> None:
    for conversation in desk.conversations[:2]:
        desk.support.remove((await desk.card(conversation))["ts"])
    for _ in range(after):
        desk.slack.faults.next("chat.postMessage", delay=0.001)
    desk.slack.faults.next("chat.postMessage", error="account_inactive", times=99)
    assert (await repair(desk.made, desk.dsn)).left

    desk.slack.faults.clear()
    assert await desk.repair() == ["Anna <!here> posted", "Ben posted"][after:]
    assert [len(desk.marked(each)) for each in desk.conversations] == [1, 1, 1]
    assert await desk.repair() == []
