"""Move how far the AI goes with a type: by what was measured, or because a person says so (SPEC 7.4).

Every move is one transaction and one row; a run that is about to write waits for it, or has kept its call before it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from core.errors import NotFound, Refused
from core.ids import new_id
from ticketing.activity.record import Record, Stream
from ticketing.people.actor import AUTOMATION, Actor
from ticketing.people.permissions import Act, require
from ticketing.people.register import DESK
from ticketing.playbook.ai_policy import NO_AI, AiPolicy
from ticketing.playbook.playbook import Playbook
from ticketing.playbook.resolving import ASKING, LADDER, Autonomy
from ticketing.ports import UnitOfWork
from ticketing.resolution.count import count
from ticketing.resolution.levels import Case, How, Move
from ticketing.resolution.weigh import Weighed, weigh
from ticketing.tickets.events import AutonomyMoved

_HISTORY = 20  # moves


class NotThatFar(Refused):
    """The AI cannot be put there."""


class MovedSince(Refused):
    """The level is not where that move put it."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the AI goes with one type. `moves`: the newest first; `right` of `judged` cases since the newest."""

    type: str
    label: str
    policy: AiPolicy
    level: Autonomy
    right: int
    judged: int
    moves: Sequence[Move]


def level_called(said: str) -> Autonomy:
    """What somebody has typed. Raises NotThatFar."""
    word = "_".join(said.replace("-", " ").replace("_", " ").casefold().split())
    if word not in list(Autonomy):
        raise NotThatFar(f"There is no “{said.strip()[:40]}”. There are: {', '.join(LADDER[1:])}.")
    return Autonomy(word)


async def measure(ticket_id: UUID, *, uow: UnitOfWork, now: datetime) -> Move | None:
    """What became of the ticket's runs, each as a case; and the move that follows, the last where there are more. Safe
    to repeat.
    """
    async with uow:
        for key in sorted({each.held.run.type for each in await uow.levels.afterwards(ticket_id)}):
            await uow.levels.count_alone(key)  # before the playbook is read: nobody gives the type another key now
        playbook, move = await uow.playbook(), None
        for after in await uow.levels.afterwards(ticket_id):
            if (case := await count(after, playbook, uow=uow, now=now)) is not None:
                move = await _follow(case, playbook, uow=uow, now=now) or move
        return move


async def _follow(case: Case, playbook: Playbook, *, uow: UnitOfWork, now: datetime) -> Move | None:
    """The move that the case decides. Looked at twice: nobody waits for a type that stays where it is."""
    weighed, _ = await _weighed(case, playbook, uow=uow, now=now)
    if weighed.how is None:
        return None
    await uow.levels.hold(case.type)
    weighed, newest = await _weighed(case, playbook, uow=uow, now=now)
    if weighed.how is None:
        return None
    policy = playbook.type(case.type).ai
    assert policy.earns is not None
    move = _next(newest, case.type, policy, weighed.to, weighed.how, weighed.why, now)
    move = replace(
        move,
        right=weighed.right,
        judged=weighed.judged,
        over=policy.earns.over,
        precision=policy.earns.precision,
        cases=weighed.because,
    )
    await _keep(move, AUTOMATION, uow)
    uow.emit(AutonomyMoved(move_id=move.id, at=now))
    return move


async def _weighed(fresh: Case, playbook: Playbook, *, uow: UnitOfWork, now: datetime) -> tuple[Weighed, Move | None]:
    policy, newest = playbook.type(fresh.type).ai, await uow.levels.newest(fresh.type)
    level = policy.in_force(newest.level if newest else None)
    cases = await _cases(fresh.type, policy, newest, level, uow=uow, now=now)
    return weigh(level, policy, cases, fresh=fresh), newest


async def _cases(
    key: str, policy: AiPolicy, newest: Move | None, level: Autonomy, *, uow: UnitOfWork, now: datetime
) -> Sequence[Case]:
    if policy.earns is None:
        return ()
    place = newest.place if newest else 0
    return await uow.levels.cases(key, place=place, level=level, at=now, most=policy.earns.over)


async def set_level(key: str, level: Autonomy, *, by: Actor, uow: UnitOfWork, now: datetime) -> Move | None:
    """Because somebody says so, within what the playbook allows. None: it is there already.

    Raises PermissionRefused, NotThatFar, NotFound.
    """
    async with uow:
        require(by, Act.SET_AUTONOMY)
        await uow.levels.hold(key)  # before the playbook is read: nobody gives the type another key now
        playbook = await uow.playbook()
        if key not in playbook.types:
            raise NotFound(f"There is no type “{key}”. There are: {', '.join(sorted(playbook.types))}.")
        policy = playbook.type(key).ai
        _require_reach(level, policy)
        newest = await uow.levels.newest(key)
        if policy.in_force(newest.level if newest else None) is level:
            return None
        move = _next(newest, key, policy, level, How.SET, f"{by.name} has set it so.", now)
        move = replace(move, by=by.id, name=by.name)
        await _keep(move, by, uow)
        return move


async def put_back(move_id: UUID, *, by: Actor, uow: UnitOfWork, now: datetime) -> Move:
    """Undo a move: the level is what it was before. Safe to repeat.

    Raises PermissionRefused, MovedSince, NotThatFar (the playbook allows it no more), NotFound.
    """
    async with uow:
        require(by, Act.SET_AUTONOMY)
        undone = await uow.levels.get(move_id)
        await uow.levels.hold(undone.type)
        newest = await uow.levels.newest(undone.type)
        assert newest is not None, "a type that was moved has a newest move"
        if newest.undone == undone.id:
            return newest
        if newest.id != undone.id:
            now_so = f"it is {newest.level.words} now. {newest.why}"
            raise MovedSince(f"It has been moved again since: {now_so} Set it with `threadline autonomy`.")
        playbook = await uow.playbook()
        policy = playbook.type(undone.type).ai if undone.type in playbook.types else NO_AI
        _require_reach(undone.was, policy)
        move = _next(newest, undone.type, policy, undone.was, How.PUT_BACK, f"{by.name} has put it back.", now)
        move = replace(move, by=by.id, name=by.name, undone=undone.id)
        await _keep(move, by, uow)
        return move


async def follow_types(before: Playbook, after: Playbook, *, by: Actor, uow: UnitOfWork, now: datetime) -> None:
    """A type that goes by another key now goes as far as it did: a new name undoes no fall. Inside the transaction that
    puts `after` in force.
    """
    retired = {old: after.retired_types.get(old) for old in sorted(before.types.keys() - after.types.keys())}
    renamed = {old: key for old, key in retired.items() if key is not None and key not in before.types}
    for old in renamed:
        await uow.levels.count_alone(old)
    for key in (
        *renamed,
        *sorted(set(renamed.values())),
    ):  # all of them before anything is kept: nobody waits in a ring
        await uow.levels.hold(key)
    for old, key in renamed.items():
        if (newest := await uow.levels.newest(old)) is None:
            continue
        since = await uow.levels.newest(key)  # of a type that went by this key before
        why = f"It was called {old} until then. {newest.why}"
        move = _next(since, key, after.types[key].ai, newest.level, How.SET, why, now)
        await _keep(replace(move, by=by.id, name=by.name), by, uow)


async def standings(*, uow: UnitOfWork, now: datetime) -> Sequence[Standing]:
    """Of each type that the AI may do something about, in the playbook's order."""
    async with uow:
        playbook = await uow.playbook()
        found = []
        for kind in playbook.types.values():
            if kind.ai.autonomy is Autonomy.OFF:
                continue
            moves = await uow.levels.of(kind.key, most=_HISTORY)
            newest = moves[0] if moves else None
            level = kind.ai.in_force(newest.level if newest else None)
            cases = await _cases(kind.key, kind.ai, newest, level, uow=uow, now=now)
            right = sum(each.is_right for each in cases)
            found.append(Standing(kind.key, kind.label, kind.ai, level, right, len(cases), moves))
        return found


def _require_reach(level: Autonomy, policy: AiPolicy) -> None:
    """Raises NotThatFar."""
    most = policy.autonomy
    if most is Autonomy.OFF:
        raise NotThatFar("The playbook leaves these tickets to people: there is nothing to set.")
    if level is Autonomy.OFF:
        raise NotThatFar("The least is shadow. `threadline ai off` stops the AI, or autonomy: off in the playbook.")
    if LADDER.index(level) > LADDER.index(most):
        raise NotThatFar(f"The playbook lets it {most.words} at most: {level.words} goes further.")
    if level in ASKING and policy.confirm is None:
        raise NotThatFar(f"With {level.words} somebody agrees first, and the playbook names nobody under confirm.")


def _next(newest: Move | None, key: str, policy: AiPolicy, to: Autonomy, how: How, why: str, now: datetime) -> Move:
    was = policy.in_force(newest.level if newest else None)
    return Move(new_id(), key, newest.place + 1 if newest else 1, now, was, to, how, why)


async def _keep(move: Move, by: Actor, uow: UnitOfWork) -> None:
    await uow.levels.add(move)
    record = Record(
        "autonomy.moved",
        by,
        move.at,
        {"level": move.was.value},
        {
            "type": move.type,
            "level": move.level.value,
            "how": move.how.value,
            "right": move.right,
            "judged": move.judged,
            "runs": [str(each.run_id) for each in move.cases],
        },
    )
    await uow.activity.append(Stream("desk", DESK), [record])
