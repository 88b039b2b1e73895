"""Put a playbook in force, as the next version. Tickets that have to move follow as a job: `migrate.py`."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from core.errors import Refused
from threadline import ActionSpec
from ticketing.activity.record import Record, Stream, Value
from ticketing.people.actor import Actor
from ticketing.people.permissions import Act, require
from ticketing.people.register import DESK
from ticketing.playbook.language import Problem, compile_playbook
from ticketing.playbook.lifecycle import Lifecycle
from ticketing.playbook.playbook import Playbook
from ticketing.playbook.sla_policy import SlaPolicy
from ticketing.playbook.succession import Successors, Wanted, succeed
from ticketing.playbook.version import Migration, Version, fingerprint
from ticketing.ports import UnitOfWork
from ticketing.resolution.move_level import follow_types
from ticketing.tickets.events import EscalationsChanged, PlaybookApplied, PromisesChanged
from ticketing.tickets.migrate import has_to_move
from ticketing.tickets.moving_on import retimes


class PlaybookRefused(Refused):
    """The document has problems."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


class PlaybookChanged(Refused):
    """Somebody else has put another version in force meanwhile."""


class AlreadyInForce(Refused):
    """This very document is in force."""


@dataclass(frozen=True, slots=True)
class Applied:
    """What is in force now."""

    version: int
    playbook: Playbook


def checked(
    document: str | bytes,
    *,
    file: str,
    teams: Collection[str] | None,
    people: Collection[str] | None,
    actions: Mapping[str, ActionSpec] | None = None,
) -> Playbook:
    """The playbook of a document. Raises PlaybookRefused."""
    made = compile_playbook(document, file=file, teams=teams, people=people, actions=actions)
    if made.playbook is None:
        raise PlaybookRefused(made.problems)
    return made.playbook


async def apply_playbook(
    document: str | bytes,
    *,
    file: str,
    wanted: Wanted,
    by: Actor,
    expected: int | None = None,
    first: bool = False,
    actions: Mapping[str, ActionSpec] | None = None,
    uow: UnitOfWork,
    now: datetime,
) -> Applied:
    """`expected`: the version that its author looked at; another one in force, and nothing happens. `first`: what a
    new desk begins with; its teams need not be there yet, and tickets that there are go where their category does.
    `actions`: those of the desk; None: not known here, and not checked.

    Raises PlaybookRefused, PlaybookChanged, AlreadyInForce, MappingMissing, MappingUnknown, PermissionRefused.
    """
    async with uow:
        require(by, Act.CHANGE_PLAYBOOK)
        teams = None if first else [team.name for team in await uow.people.teams()]
        people = None if first else [person.email for person in await uow.people.all()]
        # It takes a tenth of a second, in which this process would do nothing else.
        after = await asyncio.to_thread(checked, document, file=file, teams=teams, people=people, actions=actions)
        text = document if isinstance(document, str) else document.decode("utf-8-sig")
        newest = await uow.versions.newest()
        if expected is not None and newest != expected:
            raise _changed(newest)
        before = await uow.playbook()
        standing = await uow.versions.standing()
        successors = succeed(before, after, standing, wanted, guess=first)
        if newest and (await _same(newest, text, successors, uow)):
            raise AlreadyInForce(f"This playbook is in force already, as version {newest}. Nothing was changed.")
        version = Version(newest + 1, after.name, text, successors, now, by)
        if not await uow.versions.add(version):
            raise _changed(newest + 1)
        in_force = successors.into(after, version=version.number)
        moving = sum(each.tickets for each in standing if has_to_move(each, in_force))
        await uow.versions.add_migration(Migration(version.number, moving, retimes(before, in_force)))
        await uow.activity.append(Stream("playbook", DESK), [_record(version, newest)])
        await follow_types(before, in_force, by=by, uow=uow, now=now)
        uow.emit(PlaybookApplied(version=version.number, at=now))
        await uow.service_levels.keep_calendars(in_force.calendars_by_key)
        if _promises(before) != _promises(in_force):
            uow.emit(PromisesChanged(version=version.number, at=now))
        if _timed_rules(before) != _timed_rules(in_force):
            uow.emit(EscalationsChanged(version=version.number, at=now))
        return Applied(version.number, in_force)


def _promises(playbook: Playbook) -> dict[str, tuple[SlaPolicy, str, frozenset[str]]]:
    """What each type is held to, by which calendar, and in which statuses its clock waits; types that nothing is
    promised to are not among them.
    """
    found = {key: playbook.policies.get(each.sla or "") for key, each in playbook.types.items()}
    return {
        key: (each, playbook.calendar_key(each.calendar), _waiting(playbook.lifecycle(key)))
        for key, each in found.items()
        if each
    }


def _timed_rules(playbook: Playbook) -> dict[str, frozenset[str]]:
    """The rules that come to hold as time passes, of each type that has some."""
    found = {
        key: frozenset(rule.key for rule in each.ai.escalate if rule.timings) for key, each in playbook.types.items()
    }
    return {key: rules for key, rules in found.items() if rules}


def _waiting(rules: Lifecycle) -> frozenset[str]:
    return frozenset(each.key for each in rules.statuses if each.sla_paused)


async def _same(number: int, text: str, successors: Successors, uow: UnitOfWork) -> bool:
    known = await uow.versions.get(number)
    return (known.text, known.successors.data()) == (text, successors.data())


def _changed(newest: int) -> PlaybookChanged:
    return PlaybookChanged(
        f"Version {newest} of the playbook was put in force meanwhile. Nothing was changed: look at the difference to "
        "that one (`threadline playbook diff`), then apply again."
    )


def _record(version: Version, before: int) -> Record:
    mapped = [
        f"{lifecycle}.{old}={new}"
        for lifecycle, each in version.successors.statuses.items()
        for old, new in each.items()
    ]
    after: dict[str, Value] = {
        "version": version.number,
        "name": version.name,
        "document": fingerprint(version.text),
        "statuses": sorted(mapped),
        "types": sorted(f"{old}={new}" for old, new in version.successors.types.items()),
    }
    return Record("playbook.applied", version.by, version.applied_at, {"version": before or None}, after)
