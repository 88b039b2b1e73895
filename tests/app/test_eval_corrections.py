"""What people corrected at the desk comes out as cases that a brain is measured on."""

import asyncio
import json
from pathlib import Path

from ai.evaluation import Case, evaluate, load_cases
from storage.database import Database
from storage.engine import create_engine
from tests.app.shell import Shell
from tests.factories import a_suggestion
from tests.storage.desk import DeskAtWork, Says


async def _a_day_of_corrections(dsn: str) -> None:
    engine, store = create_engine(dsn, size=2), Database(dsn, size=2)
    desk = DeskAtWork(engine, store)
    mia = await desk.person("Mia")
    at_work = desk.desk
    try:
        for number, words in enumerate(("Nice shop!", "Charged twice", "My mug is broken.", "Fine")):
            await desk.understand(await desk.customer_writes(words, sender=f"+49{number}"))
        tickets = {row.subject: row.id for row in await desk.rows("SELECT id, subject FROM ticket")}
        await at_work.discard(tickets["Nice shop!"], by=mia)
        await at_work.change_type(tickets["Charged twice"], "complaint", "billing", by=mia)
        await at_work.discard(tickets["Fine"], by=mia)
        await at_work.restore(tickets["Fine"], by=mia)
        unseen = await desk.customer_writes("It does not work", sender="+494")
        await desk.understand(unseen, Says(a_suggestion(worthy=False)))
        await desk.ticket(unseen, mia)
    finally:
        await store.close()
        await engine.dispose()


def test_corrections_come_out_as_cases_and_what_was_taken_back_does_not(
    database: str, tmp_path: Path, threadline: Shell
) -> None:
    asyncio.run(_a_day_of_corrections(database))

    printed = threadline("eval", "corrections")
    cases = tmp_path / "cases.jsonl"
    cases.write_text(printed, encoding="utf-8")

    assert load_cases(cases) == [
        Case("Nice shop!", ticket_worthy=False),
        Case("Charged twice", ticket_worthy=True, category="billing"),
        Case("It does not work", ticket_worthy=True, category="other"),
    ]
    assert [json.loads(line)["corrections"] for line in printed.splitlines()] == [
        ["not_a_ticket"],
        ["retyped"],
        ["opened_by_hand"],
    ]
    report = asyncio.run(evaluate(load_cases(cases), Says(a_suggestion(worthy=False))))
    assert report.labels["ticket_worthy"].confusion == {"false": {"false": 1}, "true": {"false": 2}}


def test_only_what_was_corrected_since_a_day_is_printed(database: str, threadline: Shell) -> None:
    asyncio.run(_a_day_of_corrections(database))
    assert len(threadline("eval", "corrections", "--since", "2026-11-23").splitlines()) == 3
    assert threadline("eval", "corrections", "--since", "2026-11-24") == ""
