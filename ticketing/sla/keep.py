"""The clocks of a ticket keep up with it, in the transaction of whatever happens to it (SPEC 4.2, 4.5).

`tickets/save.py` sees to it for everything that is saved there; whoever else appends to the record of a ticket does it
with `note`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sla.clock import Calendars, Kind, Phase
from sla.target import Target
from ticketing.activity.record import Record, Stream, Value
from ticketing.people.actor import SYSTEM
from ticketing.playbook.playbook import Playbook
from ticketing.playbook.sla_policy import SlaPolicy
from ticketing.ports import UnitOfWork
from ticketing.sla.history import KEPT, PAUSED, REPLY, RUNNING, SET, STOPPED, follow, of_entries, of_record
from ticketing.sla.past import past_of
from ticketing.sla.service_level import ServiceLevel
from ticketing.tickets.events import TicketChanged
from ticketing.tickets.ticket import Ticket

NOTHING: Mapping[str, Value] = {}
_WORD = {Phase.RUNNING: RUNNING, Phase.PAUSED: PAUSED, Phase.STOPPED: STOPPED}


@dataclass(frozen=True, slots=True)
class KeptUp:
    """`level`: the clocks after all of `records`, which are to be appended as they stand here. `changed`: save it."""

    level: ServiceLevel | None
    records: Sequence[Record]
    changed: bool = False


async def keep_up(
    ticket: Ticket, records: Sequence[Record], *, uow: UnitOfWork, new: bool = False, tier: str | None = None
) -> KeptUp:
    """The clocks of the locked ticket, which is as the records leave it. `new`: it has none yet.

    `tier`: of its customer, where that is another one now; "" is none.
    """
    # Asked also where the playbook promises nothing: clocks of an earlier one follow their records until held to it.
    playbook = await uow.playbook()
    level = None if new else await uow.service_levels.get(ticket.id)
    if level is None and policy_of(ticket, playbook) is None:
        return KeptUp(None, records)
    if tier is None and (level is None or _comes_back(ticket, level, playbook)):
        tier = (await uow.customers.get(ticket.customer_id)).tier or ""
    past = NOTHING if new else await past_for(ticket, level, records, playbook, tier, uow)
    calendars = await calendars_for(level, playbook, uow)
    return kept(ticket, level, records, playbook=playbook, tier=tier, calendars=calendars, past=past)


async def note(ticket: Ticket, records: Sequence[Record], *, uow: UnitOfWork) -> None:
    """Append to the record of the locked ticket, and save its clocks where they hear of it. The ticket is not saved."""
    now = await keep_up(ticket, records, uow=uow)
    await uow.activity.append(Stream("ticket", ticket.id), now.records, clocks=now.level if now.changed else None)


async def note_answer(ticket_ids: Sequence[UUID], record: Record, *, uow: UnitOfWork) -> None:
    """Append what was said about these tickets to the record of the first one, and of every other one whose clocks
    hear of it: a reply that is about two tickets answers both.

    The conversation is locked.
    """
    for ticket in await uow.tickets.lock_all(ticket_ids):
        now = await keep_up(ticket, [record], uow=uow)
        if now.changed or ticket.id == ticket_ids[0]:
            clocks = now.level if now.changed else None
            await uow.activity.append(Stream("ticket", ticket.id), now.records, clocks=clocks)


async def note_withdrawal(tickets: Sequence[Ticket], record: Record, *, uow: UnitOfWork) -> None:
    """Append that a reply about these locked tickets was taken back to the record of the first one, and of every other
    one whose record tells of that reply. What it stopped goes on as if it had never stopped.
    """
    stays = {"message": str(record.after["message"])}
    for place, ticket in enumerate(tickets):
        stream = Stream("ticket", ticket.id)
        level = await uow.service_levels.get(ticket.id)
        if level is None or not await uow.activity.says(stream, REPLY, stays):
            if place == 0:
                await uow.activity.append(stream, [record])
            continue
        await uow.activity.append(stream, [record])
        after = (await uow.clock_histories.of(ticket.id)).level()
        if after is not None and after != level:
            await uow.service_levels.save(ticket.id, after)
            uow.emit(TicketChanged(ticket_id=ticket.id, at=record.at))


def kept(
    ticket: Ticket,
    level: ServiceLevel | None,
    records: Sequence[Record],
    *,
    playbook: Playbook,
    tier: str | None,
    calendars: Calendars,
    at: datetime | None = None,
    past: Mapping[str, Value] = NOTHING,
) -> KeptUp:
    """The same as pure arithmetic; `level` is as it was before the records. `at`: now, where there are none.

    `past`: of a ticket that is older than its clocks, what `past.py` found.
    """
    before, told = level, list(records)
    phase = phase_of(ticket, playbook)
    if told and _hears(level, phase):
        told[-1] = replace(told[-1], after={**told[-1].after, "sla": phase})
    for record in told:
        level = follow(level, of_record(record), playbook.sla_policy, calendars)
    at = told[-1].at if told else at
    if at is not None and (_hears(level, phase) or not _is_held(ticket, level, playbook, tier)):
        promised = _promised(ticket, level, playbook, tier)
        if _hears(level, phase):  # the ticket stands where it stood, and that means something else now
            promised["sla"] = phase
        told.append(Record(SET, SYSTEM, at, {}, {**promised, **_past_until(at, phase, level, past)}))
        level = follow(level, of_record(told[-1]), playbook.sla_policy, calendars)
    return KeptUp(level, told, level != before)


def phase_of(ticket: Ticket, playbook: Playbook) -> str:
    """What the status of the ticket means to its resolution."""
    if not ticket.status_category.is_live:
        return STOPPED
    return PAUSED if playbook.lifecycle(ticket.type).status(ticket.status).sla_paused else RUNNING


def policy_of(ticket: Ticket, playbook: Playbook) -> SlaPolicy | None:
    """What is promised to tickets of its type. Nothing, while it counts nowhere."""
    key = playbook.type(ticket.type).sla
    counts = ticket.discarded_at is None and ticket.merged_into is None
    return playbook.policies[key] if key is not None and counts else None


def _phase(level: ServiceLevel | None) -> str | None:
    clock = level.clocks.get(Kind.RESOLUTION) if level else None
    return _WORD[clock.phase] if clock else None


def _hears(level: ServiceLevel | None, phase: str) -> bool:
    """Whether the clocks stand otherwise. Where no resolution is promised, the first response ends with the ticket."""
    if level is None:
        return False
    if Kind.RESOLUTION in level.clocks:
        return _phase(level) != phase
    first = level.clocks.get(Kind.FIRST_RESPONSE)
    return first is not None and first.phase is Phase.RUNNING and phase == STOPPED


def _comes_back(ticket: Ticket, level: ServiceLevel, playbook: Playbook) -> bool:
    """It was settled, or held to nothing: nobody told its clocks meanwhile of another tier."""
    gone = level.policy is None or _phase(level) == STOPPED
    return gone and ticket.is_live and policy_of(ticket, playbook) is not None


async def past_for(
    ticket: Ticket,
    level: ServiceLevel | None,
    records: Sequence[Record],
    playbook: Playbook,
    tier: str | None,
    uow: UnitOfWork,
) -> Mapping[str, Value]:
    """For clocks that are to begin now, of a ticket that was opened before: they count from its opening all the same.

    `records` come after those that are stored already.
    """
    have = level.clocks if level else {}
    if not any(each and kind not in have for kind, each in _targets(ticket, level, playbook, tier).items()):
        return NOTHING
    entries = await uow.activity.entries(Stream("ticket", ticket.id))
    return past_of(ticket, [*of_entries(entries), *map(of_record, records)], playbook)


def _past_until(at: datetime, phase: str, level: ServiceLevel | None, past: Mapping[str, Value]) -> Mapping[str, Value]:
    """With how the ticket stands now, where its past does not say so: its statuses may have been another type's."""
    if _phase(level) is not None:
        return past
    told = past.get("phases")
    phases = list(told) if isinstance(told, list) else []
    if phase != (phases[-1].split(" ")[1] if phases else RUNNING):
        phases.append(f"{at.isoformat()} {phase}")
    return {**past, "phases": phases} if phases else past


def _targets(
    ticket: Ticket, level: ServiceLevel | None, playbook: Playbook, tier: str | None
) -> dict[Kind, Target | None]:
    policy, tier = policy_of(ticket, playbook), _counting(tier, level)
    if policy is None:
        return dict.fromkeys(KEPT)
    calendar = playbook.calendar_key(policy.calendar)
    return {kind: policy.target(kind, ticket.priority, tier, calendar=calendar) for kind in KEPT}


def _counting(tier: str | None, level: ServiceLevel | None) -> str | None:
    return (tier if tier is not None or level is None else level.tier) or None


def _is_held(ticket: Ticket, level: ServiceLevel | None, playbook: Playbook, tier: str | None) -> bool:
    """Whether the clocks are held to just what is promised now. The policy counts too: its steps do what it says."""
    held = {kind: level.clocks[kind].target if level and kind in level.clocks else None for kind in KEPT}
    if _targets(ticket, level, playbook, tier) != held:
        return False
    policy = policy_of(ticket, playbook)
    if level is None or (policy is None and level.policy is None):
        return True
    now = (policy.key, policy.ai_responds, _counting(tier, level)) if policy else None
    return now == (level.policy, level.ai_responds, level.tier)


def _promised(ticket: Ticket, level: ServiceLevel | None, playbook: Playbook, tier: str | None) -> dict[str, Value]:
    """What a record says of it."""
    policy = policy_of(ticket, playbook)
    promised: dict[str, Value] = {
        "policy": policy.key if policy else None,
        "playbook": playbook.version,
        "priority": ticket.priority.value,
        "tier": _counting(tier, level),
        "calendar": playbook.calendar_key(policy.calendar) if policy else None,
    }
    targets = _targets(ticket, level, playbook, tier)
    return promised | {kind.value: int(each.length.total_seconds()) for kind, each in targets.items() if each}


async def calendars_for(level: ServiceLevel | None, playbook: Playbook, uow: UnitOfWork) -> Calendars:
    """Those that the playbook in force has, and those that these clocks are held to beside."""
    return {**playbook.calendars_by_key, **await _earlier(level, playbook, uow)}


async def _earlier(level: ServiceLevel | None, playbook: Playbook, uow: UnitOfWork) -> Calendars:
    """The calendars of its clocks that the playbook in force has no more."""
    targets = [clock.target for clock in level.clocks.values()] if level else []
    keys = {target.calendar for target in targets if target} - playbook.calendars_by_key.keys()
    return await uow.service_levels.calendars(keys) if keys else {}
