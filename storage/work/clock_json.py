"""Clocks as they are stored: every part of the value by its name, times as ISO 8601 in UTC, lengths in microseconds."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from sla.clock import Clock, Kind, Mark, Phase
from sla.target import Step, Target

_MICROSECOND = timedelta(microseconds=1)
_INSTANTS = 64  # the same few stand in several places of a ticket's clocks, and writing one is slow
_TARGETS = 1024  # of all policies, priorities and tiers; thousands of clocks have the same

Json = dict[str, Any]


def clocks_json(clocks: Mapping[Kind, Clock]) -> Json:
    return {kind.value: _clock_json(clock) for kind, clock in clocks.items()}


def clocks_of(data: Mapping[str, Any]) -> dict[Kind, Clock]:
    return {Kind(kind): _clock(Kind(kind), each) for kind, each in data.items()}


def _clock_json(clock: Clock) -> Json:
    return {
        "round": clock.round,
        "phase": clock.phase.value,
        "started_at": _instant_json(clock.started_at),
        "phase_at": _instant_json(clock.phase_at),
        "since": _instant_json(clock.since),
        "latest": _instant_json(clock.latest),
        "spent": _microseconds(clock.spent),
        "target": None if clock.target is None else _target_json(clock.target),
        "schedule": [[mark.event, _instant_json(mark.at), mark.over] for mark in clock.schedule],
        "fired": list(clock.fired),
        "first_breach_at": _instant_json(clock.first_breach_at),
    }


def _clock(kind: Kind, data: Json) -> Clock:
    return Clock(
        kind=kind,
        round=data["round"],
        phase=Phase(data["phase"]),
        started_at=_instant(data["started_at"]),
        phase_at=_instant(data["phase_at"]),
        since=_instant(data["since"]),
        latest=_instant(data["latest"]),
        spent=data["spent"] * _MICROSECOND,
        target=None if data["target"] is None else _target(data["target"]),
        schedule=tuple(Mark(event, _instant_or_none(at), over) for event, at, over in data["schedule"]),
        fired=tuple(data["fired"]),
        first_breach_at=_instant_or_none(data["first_breach_at"]),
    )


def _target_json(target: Target) -> Json:
    return {
        "length": int(target.length.total_seconds()),
        "calendar": target.calendar,
        "at_risk": target.at_risk,
        "warning": target.warning,
        "steps": [
            [each.key, each.at if isinstance(each.at, int) else {"from_due": _microseconds(each.at)}]
            for each in target.steps
        ],
    }


def _target(data: Json) -> Target:
    steps = [(key, at, None) if isinstance(at, int) else (key, 0, at["from_due"]) for key, at in data["steps"]]
    return _known_target(data["length"], data["calendar"], data["at_risk"], data["warning"], tuple(steps))


@lru_cache(_TARGETS)
def _known_target(
    length: int, calendar: str, at_risk: int, warning: int, steps: tuple[tuple[str, int, int | None], ...]
) -> Target:
    """`steps`: each with its key, and its percent, or else its microseconds from the due instant."""
    made = [Step(key, at if from_due is None else from_due * _MICROSECOND) for key, at, from_due in steps]
    return Target(timedelta(seconds=length), calendar, at_risk, warning, tuple(made))


def _microseconds(length: timedelta) -> int:
    """Exact, and in a tenth of the time that a division of lengths takes."""
    return (length.days * 86_400 + length.seconds) * 1_000_000 + length.microseconds


def _instant_json(at: datetime | None) -> str | None:
    return None if at is None else _written(at.astimezone(UTC))


@lru_cache(_INSTANTS)
def _written(at: datetime) -> str:
    return at.isoformat()


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _instant_or_none(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
