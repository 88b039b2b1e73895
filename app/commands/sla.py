"""`threadline sla`: how time is reckoned, tried out on cases of your own."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from sla.calendar import Calendar, CalendarError, Pause, due, elapsed
from sla.notation import read_calendar

sla = typer.Typer(help="Service levels: what is due when, and why.", no_args_is_help=True)

_UNREADABLE = 2  # exit code


@sla.command()
def calculate(
    file: Annotated[Path, typer.Argument(help="JSON: a list of cases, each with a calendar (docs/sla.md).")],
    as_json: Annotated[bool, typer.Option("--json", help="Print data instead of a table.")] = False,
) -> None:
    """When targets are due, and how much open time lies between two instants. A case that makes no sense says why.

    Exit 0: every case has its answer, 2: the file is no list of cases.
    """
    answers = [answer(case) for case in _cases(file)]
    if as_json:
        typer.echo(json.dumps(answers, ensure_ascii=False))
        return
    table = Table("Case", "Due", "Seconds", "Error")
    for each in answers:
        table.add_row(*(str(each.get(name, "")) for name in ("id", "due", "seconds", "error")))
    Console().print(table, markup=False)


def _cases(file: Path) -> Sequence[object]:
    try:
        cases = json.loads(file.read_bytes())
    except OSError as error:
        raise _unreadable(f"{file} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:  # UnicodeDecodeError among them
        raise _unreadable(f"{file} is no JSON: {error}") from error
    if not isinstance(cases, list):
        raise _unreadable(f"{file} holds no list of cases.")
    return cases


def _unreadable(words: str) -> typer.Exit:
    typer.echo(f"threadline: {words}", err=True)
    return typer.Exit(_UNREADABLE)


def answer(case: object) -> dict[str, Any]:
    """`id` with one of `due` (ISO 8601, UTC), `seconds` and `error` (words). Raises nothing, whatever the case is."""
    known = case if isinstance(case, Mapping) else {}
    try:
        return {"id": known.get("id"), **_reckoned(known)}
    except (ValueError, OverflowError) as error:  # CalendarError; numbers that no instant reaches
        return {"id": known.get("id"), "error": str(error)}


def _reckoned(case: Mapping[str, Any]) -> dict[str, Any]:
    calendar = read_calendar(case.get("calendar"))
    start, pauses = _instant(case, "start"), [_pause(each) for each in _pauses(case)]
    kind = case.get("kind") or ("elapsed" if "end" in case else "due")
    if kind == "elapsed":
        seconds = elapsed(calendar, start, _instant(case, "end"), pauses).total_seconds()
        return {"seconds": int(seconds) if seconds.is_integer() else seconds}
    return {"due": _due(calendar, start, case.get("target_minutes"), pauses).isoformat()}


def _due(calendar: Calendar, start: datetime, minutes: object, pauses: Sequence[Pause]) -> datetime:
    if not isinstance(minutes, int | float) or isinstance(minutes, bool):
        raise CalendarError("target_minutes is no number.")
    return due(calendar, start, timedelta(minutes=minutes), pauses)


def _pauses(case: Mapping[str, Any]) -> Sequence[object]:
    pauses = case.get("pauses") or []
    if not isinstance(pauses, list):
        raise CalendarError("pauses is no list.")
    return pauses


def _pause(given: object) -> Pause:
    """`[start, end]` or `{"start": …, "end": …}`; an end of null: it lasts."""
    if isinstance(given, list) and len(given) == 2:
        given = {"start": given[0], "end": given[1]}
    if not isinstance(given, Mapping):
        raise CalendarError("A pause is a pair of instants, from and to.")
    return _instant(given, "start"), None if given.get("end") is None else _instant(given, "end")


def _instant(given: Mapping[str, Any], name: str) -> datetime:
    """Without a zone it is refused where it is used."""
    text = given.get(name)
    try:
        if isinstance(text, str):
            return datetime.fromisoformat(text)
    except ValueError:
        pass
    raise CalendarError(f"{name} is no instant: write it like 2026-11-23T09:00:00+00:00, not {text!r}.")
