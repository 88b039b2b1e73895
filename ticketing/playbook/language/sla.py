"""The section `sla`: what is promised, by priority and tier, and what happens on the way."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

from sla.clock import Kind
from sla.target import AT_RISK_PERCENT
from ticketing.playbook.actions import HandToTeam, SetPriority
from ticketing.playbook.language import models
from ticketing.playbook.language.escalations import audience
from ticketing.playbook.language.names import Known
from ticketing.playbook.language.problems import Path
from ticketing.playbook.sla_policy import (
    EscalationAction,
    EscalationStep,
    Lengths,
    Notify,
    Promise,
    SlaPolicy,
)
from ticketing.triage.suggestion import Priority

_KINDS = {"first_response": Kind.FIRST_RESPONSE, "resolution": Kind.RESOLUTION}


def policies(known: Known) -> dict[str, SlaPolicy]:
    """Every policy, checked."""
    entries = known.document.sla
    known.labels(("sla",), [(key, each.label) for key, each in entries.items()], of="SLA policies")
    return {key: _policy(key, entry, known) for key, entry in entries.items()}


def _policy(key: str, entry: models.SlaPolicy, known: Known) -> SlaPolicy:
    path: Path = ("sla", key)
    known.require((*path, "calendar"), "calendars", "calendar", entry.calendar)
    written = {"first_response": entry.first_response, "resolution": entry.resolution}
    if not any(written.values()) and not any(each.first_response or each.resolution for each in entry.tiers.values()):
        message = f"SLA policy {key} promises nothing"
        known.report.add(path, message, "Add first_response or resolution: {normal: 4h}.", at_key=True)
    tiers = _tiers(path, entry, known)
    steps = list(_steps(path, entry, known))
    promises = {}
    for name, kind in _KINDS.items():
        of_tiers = {tier: _lengths(each[name]) for tier, each in tiers.items() if each[name]}
        own = tuple(step for of, step in steps if of == name)
        if written[name] or of_tiers:
            promises[kind] = Promise(_lengths(written[name]), of_tiers, own)
    at_risk = AT_RISK_PERCENT | {str(each): share for each, share in entry.at_risk.items()}
    return SlaPolicy(
        key,
        entry.label,
        entry.calendar,
        promises,
        {Priority(each): share for each, share in at_risk.items()},
        entry.warning,
        entry.ai_responds,
    )


def _lengths(promise: models.Promise) -> Lengths:
    return {Priority(priority): length for priority, length in promise.items()}


def _tiers(path: Path, entry: models.SlaPolicy, known: Known) -> dict[str, Mapping[str, models.Promise]]:
    """By name in small letters: tiers are compared so."""
    found: dict[str, Mapping[str, models.Promise]] = {}
    for name, tier in entry.tiers.items():
        if name.strip().lower() in found:
            known.report.add((*path, "tiers", name), f'Tier "{name}" stands here twice', "Keep one.", at_key=True)
        found[name.strip().lower()] = {"first_response": tier.first_response, "resolution": tier.resolution}
    return found


def _steps(path: Path, entry: models.SlaPolicy, known: Known) -> Iterator[tuple[str, EscalationStep]]:
    seen: set[tuple[str, str]] = set()
    for index, step in enumerate(entry.escalation):
        place: Path = (*path, "escalation", index)
        promise = entry.first_response if step.clock == "first_response" else entry.resolution
        tiers = (getattr(each, step.clock) for each in entry.tiers.values())
        lengths = [length for each in (promise, *tiers) for length in each.values()]
        found = _threshold(place, step, lengths, known)
        if found is None:
            continue
        key, at = found
        if (step.clock, key) in seen:
            known.report.add(place, f"Another step of {step.clock} is at the same point", "Make them one.")
        seen.add((step.clock, key))
        if not lengths and not known.report.is_written((*path, step.clock)):
            message = f"This step is about {step.clock}, and nothing is promised about that"
            known.report.add((*place, "clock"), message, "Take it out, or promise something.")
        yield step.clock, EscalationStep(key, at, tuple(_actions(place, step, known)))


def _threshold(
    place: Path, step: models.Escalation, lengths: list[timedelta], known: Known
) -> tuple[str, int | timedelta] | None:
    """What the step is called for good, and where it is."""
    given = [name for name in ("at", "before", "after") if getattr(step, name) is not None]
    if len(given) != 1:
        what = " and ".join(given) if given else "nothing"
        known.report.add(place, f"A step has one of at, before, after, and this one has {what}", "Keep one.")
        return None
    if step.at == "breach":
        return "breach", timedelta()
    if step.at is not None:
        return f"{step.at}%", step.at
    if step.before is not None:
        if any(step.before >= length for length in lengths):
            message = "So long before it is due, the shortest of these targets has not begun"
            known.report.add((*place, "before"), message, "Write less, or a share: at: 75%.")
        return f"before {_written(step.before)}", -step.before
    return f"after {_written(step.after or timedelta())}", step.after or timedelta()


def _written(length: timedelta) -> str:
    return f"{int(length.total_seconds())}s"


def _actions(place: Path, step: models.Escalation, known: Known) -> Iterator[EscalationAction]:
    whom = tuple(audience((*place, "notify"), step.notify, known))
    if not (step.notify or step.set_priority or step.hand_to_team):
        known.report.add(place, "This step does nothing", "Add notify, set_priority or hand_to_team.")
    if whom:
        yield Notify(whom)
    if step.set_priority is not None:
        yield SetPriority(Priority(step.set_priority))
    if step.hand_to_team is not None:
        yield HandToTeam(known.team((*place, "hand_to_team"), step.hand_to_team))
