"""`threadline doctor --repair`: whatever happened to the cards, afterwards Slack shows what the database says.

Light cards are in `test_repair_light_cards.py`.
"""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from typer.testing import CliRunner

from app.cli import cli
from app.commands.repair import repair
from bot.wire import card_mark
from emulators.slack import as_text
from tests.app.repairing import Desk, done, open_desk


@pytest.fixture
async def desk(database: str, engine: AsyncEngine) -> AsyncIterator[Desk]:
    """Three live tickets and a settled one, all shown, each with a customer's message and a colleague's comment."""
    async with open_desk(database, engine) as desk:
        for number in range(4):
            desk.tickets.append(ticket := await desk.opened(number))
            await desk.made.desk.comment(ticket.id, "asking logistics", by=desk.mia)
        await desk.made.desk.change_status(desk.tickets[3].id, "resolved", by=desk.mia)
        for ticket in desk.tickets:
            await desk.show(ticket)
        await desk.run("DELETE FROM pgqueuer")
        yield desk


async def test_where_all_is_well_nothing_is_done(desk: Desk) -> None:
    before = await desk.state()
    assert await desk.repair() == []
    assert await desk.state() == before
    assert desk.slack.calls_of("chat.update") == []


async def test_a_live_ticket_without_a_card_gets_one_with_its_whole_thread(desk: Desk) -> None:
    first, second, *_ = desk.tickets
    desk.support.remove((await desk.card(first))["ts"])
    await desk.forget(second)
    desk.support.remove(desk.marked(second)[0]["ts"])

    assert await desk.repair() == [
        f"#{first.number} posted",
        f"#{second.number} posted",
    ]
    assert [desk.thread(await desk.card(each)) for each in (first, second)] == [["asking logistics"]] * 2
    assert [len(desk.marked(each)) for each in (first, second)] == [1, 1]
    assert await desk.repair() == []


async def test_of_two_cards_for_one_ticket_the_extra_one_is_deleted(desk: Desk) -> None:
    ticket = desk.tickets[0]
    kept = await desk.card(ticket)
    await desk.client.post(desk.support.id, "double", [], metadata=card_mark(ticket.id, "x"))

    assert await desk.repair() == [f"#{ticket.number} extra card deleted"]
    assert [card["ts"] for card in desk.marked(ticket)] == [kept["ts"]]
    assert await desk.repair() == []


async def test_a_card_that_the_database_has_forgotten_is_found_again_and_nothing_in_its_thread_is_doubled(
    desk: Desk,
) -> None:
    ticket = desk.tickets[0]
    card = await desk.card(ticket)
    await desk.forget(ticket)

    assert await desk.repair() == [f"#{ticket.number} found again"]
    assert (await desk.card(ticket))["ts"] == card["ts"]
    assert desk.thread(card) == ["asking logistics"]
    assert len(desk.marked(ticket)) == 1
    assert await desk.repair() == []


async def test_a_stale_card_is_brought_up_to_date_a_settled_one_too(desk: Desk) -> None:
    live, settled = desk.tickets[0], desk.tickets[3]
    for ticket in (live, settled):
        await desk.run("UPDATE ticket SET subject = 'Broken lamp' WHERE id = :id", id=ticket.id)

    assert await desk.repair() == [f"#{live.number} brought up to date", f"#{settled.number} brought up to date"]
    for ticket in (live, settled):
        assert "Broken lamp" in as_text(await desk.card(ticket))
    assert await desk.repair() == []


@pytest.mark.parametrize("archived", [False, True], ids=["changed", "archived"])
async def test_cards_in_a_channel_that_is_the_teams_no_more_move_and_leave_word(desk: Desk, archived: bool) -> None:
    moved = desk.slack.add_channel("support-2")
    await desk.made.desk.add_team("Support", moved.id)
    old = [await desk.card(ticket) for ticket in desk.tickets[:3]]
    desk.support.is_archived = archived

    assert await desk.repair() == [f"#{each.number} moved to its channel" for each in desk.tickets[:3]]
    for ticket, before in zip(desk.tickets, old, strict=False):
        card = await desk.card(ticket)
        assert card["ts"] in moved.messages
        assert desk.thread(card, moved) == ["asking logistics"]
        left = as_text(desk.slack.message(desk.support, before["ts"]))
        assert ("is in <#" in left or f"#{moved.name}" in left or moved.id in left) is not archived
    desk.support.is_archived = False
    await desk.made.desk.set_intake(desk.support.id)  # so that the old channel is looked at further on
    await desk.greeted(9, "Ben")
    again = [each for each in await desk.repair() if "Ben" not in each]
    assert again == ([f"#{each.number} extra card deleted" for each in desk.tickets[:3]] if archived else [])


async def test_an_entry_that_is_gone_from_a_thread_comes_back(desk: Desk) -> None:
    ticket = desk.tickets[0]
    card = await desk.card(ticket)
    desk.support.remove(desk.slack.thread(desk.support, card["ts"])[1]["ts"])

    assert await desk.repair() == [f"#{ticket.number} thread completed"]
    assert desk.thread(card) == ["asking logistics"]
    assert await desk.repair() == []


async def test_a_dry_run_says_the_same_and_does_nothing(desk: Desk) -> None:
    desk.support.remove((await desk.card(desk.tickets[0]))["ts"])
    before, calls = await desk.state(), len(desk.slack.calls)

    repaired = await repair(desk.made, desk.dsn, dry_run=True)

    assert done(repaired) == [f"#{desk.tickets[0].number} to be posted"]
    assert repaired.left
    assert await desk.state() == before
    assert {call.method for call in desk.slack.calls[calls:]} <= {"conversations.history", "auth.test"}
    assert await desk.repair() == [f"#{desk.tickets[0].number} posted"]


async def test_parked_jobs_that_show_cards_are_queued_again_and_no_others(desk: Desk) -> None:
    for name in ("TicketOpened.show_ticket", "ConversationChanged.show_conversation", "ReplyDue.deliver_reply"):
        await desk.run(
            "INSERT INTO pgqueuer (priority, entrypoint, payload, status) VALUES (0, :name, '{}', 'failed')", name=name
        )
    assert (await repair(desk.made, desk.dsn)).requeued == 2
    assert await desk.run("SELECT entrypoint FROM pgqueuer WHERE status = 'failed'") == [
        {"entrypoint": "ReplyDue.deliver_reply"}
    ]


async def test_a_channel_that_cannot_be_read_is_named_and_its_cards_are_left_alone(desk: Desk) -> None:
    desk.support.members.remove(desk.slack.bot_user)
    repaired = await repair(desk.made, desk.dsn)
    assert [desk.support.id in problem and "/invite" in problem for problem in repaired.problems] == [True]
    assert repaired.left
    desk.support.members.add(desk.slack.bot_user)
    assert await desk.repair() == []


@pytest.mark.parametrize("after", [1, 2, 3])
async def test_what_was_interrupted_is_completed_by_the_next_run(desk: Desk, after: int) -> None:
    for ticket in desk.tickets[:3]:
        desk.support.remove((await desk.card(ticket))["ts"])
    for _ in range(after):
        desk.slack.faults.next("chat.postMessage", delay=0.001)
    desk.slack.faults.next("chat.postMessage", error="account_inactive", times=99)
    assert (await repair(desk.made, desk.dsn)).left

    desk.slack.faults.clear()
    await desk.repair()
    for ticket in desk.tickets[:3]:
        assert desk.thread(await desk.card(ticket)) == ["asking logistics"]
        assert len(desk.marked(ticket)) == 1
    assert await desk.repair() == []


async def test_the_command_says_what_it_did_and_whether_anything_is_left(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = {
        "DATABASE_URL": desk.dsn,
        "SLACK_BOT_TOKEN": desk.slack.bot_token,
        "SLACK_SIGNING_SECRET": desk.slack.signing_secret,
        "SLACK_API_URL": f"{desk.slack.base_url}/api/",
        "COLUMNS": "120",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    ticket = desk.tickets[0]
    desk.support.remove((await desk.card(ticket))["ts"])

    async def doctor(*options: str) -> tuple[int, str]:
        result = await asyncio.to_thread(CliRunner().invoke, cli, ["doctor", "--repair", *options])
        return result.exit_code, result.stdout

    code, said = await doctor("--dry-run", "--json")
    assert (code, json.loads(said)["steps"][0]["ticket"]) == (1, f"#{ticket.number}")
    code, said = await doctor()
    assert (code, "posted" in said) == (0, True)
    code, said = await doctor()
    assert (code, "Slack shows what the database says." in said) == (0, True)
