"""`threadline tickets`, as somebody at the desk types it."""

import asyncio
import json
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from storage.database import Database
from tests.app.shell import Shell
from tests.storage.desk import DeskAtWork


async def test_tickets_are_listed_summed_and_found(threadline: Shell, engine: AsyncEngine, store: Database) -> None:
    desk = DeskAtWork(engine, store)
    mia = await desk.person("Mia")
    for number, words in enumerate(["My \x1b[31m mug broke", "Where is parcel 78932?", "Thanks for the mug"]):
        desk.now += timedelta(minutes=1)
        await desk.understand(await desk.customer_writes(words, sender=f"+49{number}"))
    ids = [row.id for row in await desk.rows("SELECT id FROM ticket ORDER BY number")]
    await desk.desk.assign(ids[0], mia.id, by=mia)
    await desk.rows_changed("""UPDATE ticket SET fields = '{"refund": "12.50"}' WHERE number < 3""")

    async def typed(*words: str, code: int = 0) -> str:
        """In a thread of its own, because a command has an event loop of its own."""
        return await asyncio.to_thread(threadline, "tickets", *words, code=code)

    first = json.loads(await typed("list", "--sort", "created", "--most", "2", "--json"))
    assert [line["number"] for line in first["lines"]] == [3, 2]
    rest = json.loads(await typed("list", "--sort", "created", "--after", first["following"], "--json"))
    assert ([line["number"] for line in rest["lines"]], rest["following"]) == ([1], None)
    shown = await typed("list", "assignee=mia", "field.refund>=10")
    assert "#1" in shown
    assert "#2" not in shown
    assert "\x1b[31m" not in shown
    assert "No ticket is like that." in await typed("list", "assignee=nobody", "--text", "broke")
    groups = json.loads(await typed("sum", "assignee", "--field", "refund", "--json"))
    assert [(each["value"], each["count"], each["sum"]) for each in groups] == [(None, 2, "12.50"), ("Mia", 1, "12.50")]
    assert "25.00" in await typed("sum", "channel", "--field", "refund")
    assert [each["ticket"]["number"] for each in json.loads(await typed("search", "mug", "--json"))] == [3, 1]
    assert "78932" in await typed("search", "#78932")
    assert "Nothing was found." in await typed("search", "elephant")
    assert "There are: stage, status" in await typed("list", "colour=red", code=1)


async def test_many_tickets_are_moved_and_two_merged_and_parted(
    threadline: Shell, engine: AsyncEngine, store: Database
) -> None:
    desk = DeskAtWork(engine, store)
    mia, ben = await desk.person("Mia"), await desk.person("Ben")
    conversation = await desk.customer_writes("My mug broke")
    for by in (mia, mia, ben):
        await desk.ticket(conversation, by)

    async def typed(*words: str, code: int = 0) -> str:
        return await asyncio.to_thread(threadline, "tickets", *words, "--as", mia.email, code=code)

    said = await typed("move", "resolved", "status=open", "--note", "the kiln is repaired")
    assert said.splitlines()[0] == "2 moved, 0 there already, 1 refused, 0 not found."
    assert said.splitlines()[1].startswith("#3: You may not change the status: that is for its assignee")
    rows = json.loads(await typed("move", "resolved", "stage=resolved", "--json"))
    assert [(row["number"], row["outcome"]) for row in rows] == [(2, "already"), (1, "already")]
    assert "#2 A broken mug: similar subject, " in await typed("duplicates", "1")
    said = await typed("merge", "2", "--into", "3", "--yes")
    assert "#2 goes on in #3. Undo it with: threadline tickets part 2" in said
    assert "#2" not in await typed_list(threadline)
    assert await typed("part", "2") == "#2 stands for itself.\n"
    assert "#2" in await typed_list(threadline)
    assert "There is no ticket #99." in await typed("part", "99", code=1)


async def typed_list(threadline: Shell) -> str:
    return await asyncio.to_thread(threadline, "tickets", "list")
