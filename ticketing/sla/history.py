"""From the record of a ticket's changes to its clocks (SPEC 4.5): the same fold, step by step and all at once.

What a record means to the clocks stands in the record itself: `sla` in a change of status says whether the resolution
goes on, and `sla.set` what was promised from then on. So nothing that is edited later changes what was. One thing is
taken back: a reply that was withdrawn before it left answered nobody, so the clocks are reckoned anew without it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sla.clock import Calendars, Kind, Moment, What, advance, start
from ticketing.activity.record import Entry, Record, Value
from ticketing.people.actor import ActorKind
from ticketing.playbook.playbook import Playbook
from ticketing.playbook.sla_policy import SlaPolicy
from ticketing.sla.service_level import ServiceLevel
from ticketing.triage.suggestion import Priority

KEPT = (Kind.FIRST_RESPONSE, Kind.RESOLUTION)
SET, FIRED = "sla.set", "sla.fired"
RUNNING, PAUSED, STOPPED = "running", "paused", "stopped"  # of the resolution, under the key `sla` of a record
_RESOLUTION = {RUNNING: What.RESUMED, PAUSED: What.PAUSED, STOPPED: What.STOPPED}
COMMENT, REPLY, WITHDRAWN = "comment.added", "reply.written", "reply.withdrawn"
ANSWERS = {COMMENT, REPLY}
# In the record of a reply that only stands in the ticket's room: it answers the conversation.
ABOUT_NO_TICKET: Mapping[str, Value] = {"concerns": False}

Policies = Callable[[int, str], SlaPolicy]  # of a version of the playbook, by key; raises KeyError


@dataclass(frozen=True, slots=True)
class Happening:
    """A record as far as clocks look at it. `cause`: what an explanation finds it by."""

    kind: str
    actor: str
    at: datetime
    after: Mapping[str, Value]
    cause: str = ""
    withdrawn: bool = False  # a reply that was taken back afterwards


def of_record(record: Record) -> Happening:
    return Happening(record.kind, record.actor.kind.value, record.at, record.after)


def of_entries(entries: Sequence[Entry]) -> Iterator[Happening]:
    """Of a whole record, which knows what was taken back."""
    gone = withdrawn(entries)
    for entry in entries:
        yield Happening(entry.kind, entry.actor_kind, entry.at, entry.after, str(entry.seq), entry.seq in gone)


def withdrawn(entries: Sequence[Entry]) -> Mapping[int, Entry]:
    """The replies in this record that were taken back, by their number there: each with the record that says so."""
    gone = {str(each.after["message"]): each for each in entries if each.kind == WITHDRAWN}
    replies = ((each.seq, str(each.after["message"])) for each in entries if each.kind == REPLY)
    return {seq: gone[message] for seq, message in replies if message in gone}


def recomputed(entries: Sequence[Entry], policies: Policies, calendars: Calendars) -> ServiceLevel | None:
    """What the clocks of a ticket are after all its records; None: they were never set."""
    level: ServiceLevel | None = None
    for what in of_entries(entries):
        level = follow(level, what, policies, calendars)
    return level


@dataclass(frozen=True, slots=True)
class ClockHistory:
    """The whole record of a ticket, and what it names: versions of the playbook, and calendars."""

    entries: Sequence[Entry]
    playbooks: Mapping[int, Playbook]
    calendars: Calendars

    def policy(self, number: int, key: str) -> SlaPolicy:
        """Raises KeyError."""
        return self.playbooks[number].policies[key]

    def level(self) -> ServiceLevel | None:
        """Raises KeyError as `follow`."""
        return recomputed(self.entries, self.policy, self.calendars)


def follow(
    level: ServiceLevel | None, what: Happening, policies: Policies, calendars: Calendars
) -> ServiceLevel | None:
    """The clocks after one more record. Raises KeyError: no such policy or calendar."""
    told = list(moments(level, what, policies))
    if what.kind == SET:
        level = _set(level, what, policies)
    if level is None or not told:
        return level
    clocks = dict(level.clocks)
    for kind, moment in told:
        clock = clocks.get(kind)
        after = advance(clock, moment, calendars) if clock else start(kind, moment, calendars)
        if after is not None:
            clocks[kind] = after
    return replace(level, clocks=clocks)


def moments(level: ServiceLevel | None, what: Happening, policies: Policies) -> Iterator[tuple[Kind, Moment]]:
    """What a record means to each of the clocks, which are `level` before it."""
    if what.kind == SET:
        yield from _promised(level, what, policies)
    elif level is not None and what.kind == FIRED:
        due = datetime.fromisoformat(str(what.after["due"]))
        yield Kind(str(what.after["clock"])), Moment(What.FIRED, due, what.cause, event=str(what.after["event"]))
    elif level is not None:
        for kind in level.clocks:
            yield from _phases(kind, what)
        if Kind.FIRST_RESPONSE in level.clocks and _responds(what, level):
            yield Kind.FIRST_RESPONSE, Moment(What.STOPPED, what.at, what.cause)


def _phases(kind: Kind, what: Happening) -> Iterator[tuple[Kind, Moment]]:
    """What the status of the ticket means from here on. Nobody waits for an answer to what is settled."""
    phase = what.after.get("sla")
    if isinstance(phase, str) and (kind is Kind.RESOLUTION or phase == STOPPED):
        yield kind, Moment(_RESOLUTION[phase], what.at, what.cause)


def is_answer(what: Happening) -> bool:
    """Whether somebody was told something about the ticket, whoever said it."""
    return what.kind in ANSWERS and not what.withdrawn and what.after.get("concerns") is not False


def _responds(what: Happening, level: ServiceLevel) -> bool:
    by_ai = what.actor == ActorKind.AI and level.ai_responds
    return is_answer(what) and (what.actor == ActorKind.AGENT or by_ai)


def _set(level: ServiceLevel | None, what: Happening, policies: Policies) -> ServiceLevel:
    """By what the clocks are held from now on."""
    policy = _policy(what, policies)
    return ServiceLevel(
        policy.key if policy else None,
        int(str(what.after["playbook"])),
        Priority(str(what.after["priority"])),
        str(what.after["tier"]) if what.after.get("tier") else None,
        policy.ai_responds if policy else level.ai_responds if level else True,
        level.clocks if level else {},
    )


def _policy(what: Happening, policies: Policies) -> SlaPolicy | None:
    key = what.after.get("policy")
    return policies(int(str(what.after["playbook"])), str(key)) if key else None


def _promised(level: ServiceLevel | None, what: Happening, policies: Policies) -> Iterator[tuple[Kind, Moment]]:
    policy, after = _policy(what, policies), what.after
    priority, tier = Priority(str(after["priority"])), str(after["tier"]) if after.get("tier") else None
    for kind in KEPT:
        target = policy.target(kind, priority, tier, calendar=str(after["calendar"])) if policy else None
        if level is not None and kind in level.clocks:
            yield kind, Moment(What.RETARGETED, what.at, what.cause, target)
            yield from _phases(kind, what)
        elif target is not None:
            begun = datetime.fromisoformat(str(after["since"])) if after.get("since") else what.at
            yield kind, Moment(What.STARTED, begun, what.cause, target)
            for moment in _before(what, kind):
                yield kind, moment


def _before(what: Happening, kind: Kind) -> Iterator[Moment]:
    """What had happened to a ticket that is older than its clocks: "2026-11-24T09:00:00+00:00 paused", …"""
    told = what.after.get("phases")
    if kind is Kind.FIRST_RESPONSE and what.after.get("responded"):
        # Whether it was settled before that or after: it is the earlier of the two that counts.
        told = [*(told if isinstance(told, list) else ()), f"{what.after['responded']} {STOPPED}"]
    pairs = (each.split(" ") for each in (told if isinstance(told, list) else ()))
    for at, phase in sorted((datetime.fromisoformat(at), phase) for at, phase in pairs):
        if kind is Kind.RESOLUTION or phase == STOPPED:
            yield Moment(_RESOLUTION[phase], at, what.cause)
