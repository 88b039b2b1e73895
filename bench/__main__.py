"""`python -m bench`: one run, one table."""

import json
import statistics
import sys
from pathlib import Path

import uvloop
from rich.console import Console
from rich.table import Table

from bench import (
    acceptance,
    clocks,
    files_through,
    home,
    interactions,
    lists,
    mails,
    pipeline,
    policy,
    runs,
    sla,
    slack_limits,
    telegram_burst,
)
from bench.databases import environment, fresh
from bench.machine import Processors
from bench.processes import HOME
from bot.pacing import LIMITS, Method
from storage.embedded import EmbeddedEngine


async def main() -> None:
    root = HOME / "var" / "bench"
    root.mkdir(parents=True, exist_ok=True)
    engine = EmbeddedEngine(root)
    base = await engine.start()
    processors = Processors()
    try:
        dsn = await fresh(base)
        accepted = await acceptance.measure(dsn, environment(dsn))
        dsn = await fresh(base)
        whole = await pipeline.measure(dsn, environment(dsn), _log(engine.home))
        dsn = await fresh(base)
        slow = await pipeline.with_latency(dsn, environment(dsn))
        dsn = await fresh(base)
        limited = await slack_limits.measure(dsn, environment(dsn))
        dsn = await fresh(base)
        by_http = await interactions.measure(dsn, environment(dsn), socket=False)
        dsn = await fresh(base)
        by_socket = await interactions.measure(dsn, environment(dsn), socket=True)
        dsn = await fresh(base)
        burst = await telegram_burst.measure(dsn, environment(dsn))
        dsn = await fresh(base)
        through = await files_through.measure(dsn, environment(dsn), root)
        letters = await mails.measure(base)
        desks = await lists.measure(base)
        mornings = await home.measure(base, environment(base))
        promises = await clocks.measure(base)
        resolved = await runs.measure(base, _log(engine.home))
    finally:
        await engine.stop()
    _print(
        [
            *_rows(accepted, whole),
            *_burst_rows(burst),
            *_file_rows(through),
            *_slack_rows(slow, limited),
            *interactions.rows("HTTP, process web", by_http),
            *interactions.rows("Socket Mode, process bot", by_socket),
            *mails.rows(letters),
            *lists.lines(*desks),
            *home.rows(mornings),
            *clocks.rows(promises),
            *sla.rows(sla.measure()),
            *policy.rows(policy.measure()),
            *runs.rows(resolved),
        ],
        processors.stolen(),
    )


def _log(home: Path) -> Path:
    return home / "state" / "postgres.log"


_Row = tuple[str, str, str]  # what, measured, wanted


def _burst_rows(burst: telegram_burst.Burst) -> list[_Row]:
    number = telegram_burst.UPDATES
    return [
        (f"{number:,} Telegram updates at once, posted, /s", f"{burst.posted:,.0f}", f"lost: {burst.lost}"),
        (f"{number:,} Telegram updates at once, polled, /s", f"{burst.polled:,.0f}", f"lost: {burst.lost}"),
    ]


def _file_rows(through: files_through.Through) -> list[_Row]:
    size, wanted = f"{files_through.SIZE / 2**20:.0f} MB", "at most +10 %"
    rows = [
        (
            f"memory of {name} while {files_through.FILES} files of {size} go through",
            f"{through.growth(name):+.1%}",
            wanted,
        )
        for name in through.before
    ]
    return [*rows, ("… fetched, kept and served, MB/s", f"{through.rate:,.0f}", "")]


def _slack_rows(slow: dict[int, float], limited: slack_limits.Limited) -> list[_Row]:
    return [
        ("cards at 200 ms a call, 1 worker, /s", f"{slow[1]:,.0f}", "at least 60"),
        ("cards at 200 ms a call, 2 workers, /s", f"{slow[2]:,.0f}", ""),
        *_edit_rows("within Slack's limits", limited.within, "p95 at most 2 s"),
        *_edit_rows("beyond Slack's limits", limited.beyond, "newest state wins"),
        *_urgent_rows(limited),
    ]


def _edit_rows(name: str, edits: slack_limits.Edits, wanted: str) -> list[_Row]:
    return [
        (f"change to card, {name}, p50 / p95", f"{edits.at(0.5):.2f} / {edits.at(0.95):.2f} s", wanted),
        (f"… edits for {edits.changes} changes, refused (429)", f"{edits.edits}, {edits.refused}", "none refused"),
    ]


def _urgent_rows(limited: slack_limits.Limited) -> list[_Row]:
    urgent, others = limited.urgent, limited.others
    together = f"of {urgent.changes + others.changes} cards changed together"
    room = LIMITS[Method.UPDATE][0].burst
    return [
        (f"the {urgent.changes} urgent {together}, p50 / p95", f"{urgent.at(0.5):.2f} / {urgent.at(0.95):.2f} s", ""),
        ("… the others, p50 / p95", f"{others.at(0.5):.2f} / {others.at(0.95):.2f} s", "urgent ones first"),
        ("… others true before the last urgent one", f"{limited.before}", f"at most the {room} taken at once"),
        (
            "… the most that the home tab told, behind",
            f"{others.behind:.0f} s",
            f"beyond: {limited.beyond.behind:.0f} s",
        ),
    ]


def _rows(accepted: acceptance.Acceptance, whole: pipeline.Pipeline) -> list[_Row]:
    bare, full = accepted.without_database.as_json(), accepted.whole.as_json()
    rate, bare_rate = full["accepted_per_second"], bare["accepted_per_second"]
    ordered = sorted(whole.latencies_ms)
    return [
        ("raw statement, /s", f"{accepted.raw_statements:,.0f}", ""),
        ("endpoint without its statement, /s", f"{bare_rate:,.0f}", ""),
        ("webhooks accepted, /s", f"{rate:,.0f}", f"not accepted: {full['not_accepted']}"),
        ("… of the endpoint without", f"{rate / bare_rate:.0%}", "at least 55 %"),
        ("… of the raw statement", f"{rate / accepted.raw_statements:.0%}", "at least 25 %"),
        ("… p50 / p95", f"{full['p50_ms']:.1f} / {full['p95_ms']:.1f} ms", ""),
        ("load generator, cores", f"{accepted.whole.cpu_seconds / accepted.whole.seconds:.2f}", ""),
        ("messages to cards, /s", f"{whole.cards_per_second:,.0f}", "at least 60"),
        ("POST to card at 10/s, p50", f"{statistics.median(ordered):,.0f} ms", "after the burst window"),
        ("POST to card at 10/s, p95", f"{ordered[int(len(ordered) * 0.95)]:,.0f} ms", "at most 500 ms"),
        ("statements a message", f"{whole.statements_per_message:.1f}", "begin, commit and the queue's own included"),
        *((f"memory of {name}", f"{size:,.0f} MB", "resident") for name, size in whole.memory_mb.items()),
    ]


def _print(rows: list[_Row], stolen: float | None) -> None:
    host = "unknown" if stolen is None else f"{stolen:.0%}"
    rows.append(("time the host gave to others", host, "0 %, or measure again"))
    if "--json" in sys.argv:
        sys.stdout.write(json.dumps({name: value for name, value, _ in rows}, ensure_ascii=False) + "\n")
        return
    table = Table("What", "Measured", "Wanted")
    for row in rows:
        table.add_row(*row)
    Console().print(table)


if __name__ == "__main__":
    uvloop.run(main())
