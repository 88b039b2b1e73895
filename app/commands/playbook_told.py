"""What `threadline playbook` prints: problems with the place they are at, differences under what they are about."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from itertools import groupby

import typer
from rich.console import Console
from rich.text import Text

from app.terminal import inert, inert_lines
from ticketing.playbook.difference import GONE, NEW, Difference
from ticketing.playbook.language import Problem
from ticketing.playbook.rehearsal import Rehearsal

_COLOURS = {NEW: "green", GONE: "red"}
_WIDEST = 160  # characters of a line of the document that are shown


def tell_problems(problems: Sequence[Problem], document: bytes, *, as_json: bool) -> None:
    """Data to standard output, words to standard error."""
    if as_json:
        typer.echo(json.dumps([asdict(each) for each in problems], ensure_ascii=False))
        return
    lines = document.decode("utf-8-sig", errors="replace").splitlines()
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    for problem in problems:
        console.print(_problem(problem, lines))
    console.print(f"{len(problems)} {'problem' if len(problems) == 1 else 'problems'}.")


def _problem(problem: Problem, lines: Sequence[str]) -> Text:
    told = Text(f"{problem.file}:{problem.line}:{problem.column}: ", style="bold")
    told.append(inert(problem.message) + "\n", style="bold red")
    if 0 < problem.line <= len(lines):
        number = f"{problem.line:>5} │ "
        told.append(f"{number}{_shown(lines[problem.line - 1])}\n")
        if problem.column <= _WIDEST:
            told.append(f"{'│':>7} {' ' * (problem.column - 1)}^\n", style="red")
    if problem.hint:
        told.append(f"{'':>8}{inert(problem.hint)}\n", style="cyan")
    return told


def _shown(line: str) -> str:
    """As wide as it is written, so that the caret stands where it should."""
    plain = "".join(each if each.isprintable() else " " for each in line)
    return plain if len(plain) <= _WIDEST else plain[: _WIDEST - 1] + "…"


def tell_differences(found: Sequence[Difference]) -> None:
    console = Console(highlight=False, soft_wrap=True)
    if not found:
        console.print("It says the same as the playbook in force.")
    for where, members in groupby(found, key=lambda each: each.where):
        console.print(Text(inert(where), style="bold"))
        for each in members:
            console.print(Text(f"  {each.sign} {inert(each.words)}", style=_COLOURS.get(each.sign, "")))


def tell_rehearsal(rehearsal: Rehearsal, missing: str | None) -> None:
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"Tried on the last {rehearsal.tickets:,} tickets and their {rehearsal.steps:,} changes of status.")
    if missing is not None:
        console.print(Text(inert_lines(missing), style="red"))
    if not rehearsal.found:
        console.print("Nothing would have been otherwise.")
    for outcome, members in groupby(rehearsal.found, key=lambda each: each.outcome):
        console.print(Text(f"{outcome.value[0].upper()}{outcome.value[1:]}", style="bold"))
        for each in members:
            numbers = " ".join(f"#{number}" for number in each.examples)
            more = " …" if each.tickets > len(each.examples) else ""
            console.print(Text(f"  {each.times:>7,} × {inert(each.words)}  ({numbers}{more})"))
