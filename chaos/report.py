"""One run as a table for people, or as JSON."""

from collections.abc import Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from chaos.books import Line
from chaos.storm import Outcome

_MOST = 60  # wrong things that are listed


def table(outcome: Outcome) -> RenderableType:
    parts: list[RenderableType] = [_happened(outcome), _books(outcome), _latencies(outcome), _memory(outcome)]
    wrong = _wrong(outcome)
    parts += [Text(f"  {each}", style="red") for each in wrong[:_MOST]]
    if len(wrong) > _MOST:
        parts.append(Text(f"  … and {len(wrong) - _MOST} more", style="red"))
    seed = outcome.plan.seed
    verdict = "The books balance." if not wrong else f"{len(wrong)} wrong. The same again: SEED={seed}"
    return Group(*parts, Text(verdict, style="bold red" if wrong else "bold green"))


def as_json(outcome: Outcome) -> dict[str, Any]:
    return {
        "seed": outcome.plan.seed,
        "right": outcome.right,
        "seconds": round(outcome.seconds, 1),
        "until_quiet": round(outcome.until_quiet, 1),
        "messages": outcome.plan.messages,
        "rate": outcome.plan.rate,
        "deaths": dict(outcome.died.happened),
        "faults": dict(outcome.failed),
        "lives": dict(outcome.restarts),
        "stood_still": round(outcome.stood_still, 1),
        "books": [{"what": line.what, "is": line.found, "should": line.should} for line in outcome.books.lines],
        "latencies": {
            name: {"accepted": _percentiles(each.accepted), "to_card": _percentiles(each.to_card)}
            for name, each in (("storm", outcome.storm), ("calm", outcome.calm))
        },
        "memory": [
            {
                "process": each.name,
                "lived": round(each.lived),
                "start_mb": round(each.start, 1),
                "end_mb": round(each.end, 1),
                "most_mb": round(each.most, 1),
                "judged": each.judged,
                "flat": each.flat,
            }
            for each in outcome.memory
        ],
        "wrong": _wrong(outcome),
    }


def _wrong(outcome: Outcome) -> list[str]:
    grown = [
        f"{each.name} grew from {each.start:.0f} to {each.end:.0f} MB ({each.growth:+.0%}) in {each.lived:.0f} s"
        for each in outcome.memory
        if not each.flat
    ]
    return [*outcome.books.wrong, *grown]


def _happened(outcome: Outcome) -> Table:
    rows = Table("What happened", "Times", title=f"seed {outcome.plan.seed}")
    rows.add_row("seconds of storm, then until quiet", f"{outcome.seconds:.0f}, {outcome.until_quiet:.0f}")
    for name, times in sorted(outcome.died.happened.items()):
        rows.add_row(name, str(times))
    for name, times in outcome.died.missed.items():
        rows.add_row(f"{name}: nothing there to kill", str(times))
    for name, times in sorted(outcome.failed.items()):
        rows.add_row(name, str(times))
    rows.add_row("longest moment without the emulators", f"{outcome.stood_still:.1f} s")
    rows.add_row("lives", ", ".join(f"{name} {lives}" for name, lives in outcome.restarts.items()))
    if outcome.unexpected:
        rows.add_row("ended by itself and was started again", f"{len(outcome.unexpected)}: {outcome.unexpected[0]}")
    return rows


def _books(outcome: Outcome) -> Table:
    rows = Table("The books", "Is", "Should be", "")
    for line in outcome.books.lines:
        rows.add_row(line.what, line.found, line.should, _sign(line))
    return rows


def _sign(line: Line) -> Text:
    if not line.should:
        return Text("")
    return Text("✓", style="green") if line.right else Text("✗", style="bold red")


def _latencies(outcome: Outcome) -> Table:
    rows = Table("Seconds", "in the storm p50", "p95", "in the calm p50", "p95")
    for name, pick in (("until accepted", "accepted"), ("from message to card", "to_card")):
        storm, quiet = (_percentiles(getattr(each, pick)) for each in (outcome.storm, outcome.calm))
        rows.add_row(name, *(f"{value:.2f}" for value in (*storm, *quiet)))
    return rows


def _percentiles(ordered: Sequence[float]) -> tuple[float, float]:
    if not ordered:
        return 0.0, 0.0
    return ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)]


def _memory(outcome: Outcome) -> Table:
    rows = Table("Memory, longest life", "Lived s", "Start MB", "End MB", "Most MB", "Growth", "")
    for each in outcome.memory:
        verdict = (
            Text("too short to judge") if not each.judged else Text("✓", "green") if each.flat else Text("✗", "red")
        )
        figures = (
            f"{each.lived:.0f}",
            f"{each.start:.0f}",
            f"{each.end:.0f}",
            f"{each.most:.0f}",
            f"{each.growth:+.1%}",
        )
        rows.add_row(each.name, *figures, verdict)
    return rows
