"""One run, counted as what people made of it: by the playbook that is in force, for its type as it is called now."""

from dataclasses import replace
from datetime import datetime

from ticketing.playbook.playbook import Playbook
from ticketing.playbook.resolving import Recipe
from ticketing.ports import UnitOfWork
from ticketing.resolution.levels import Afterwards, Case
from ticketing.resolution.measured import measured
from ticketing.resolution.run import Run
from ticketing.resolution.score import amount_field

_MOVES = 20  # of a type that goes by another key now: the level that a run began at is among them, or too old to count


async def count(after: Afterwards, playbook: Playbook, *, uow: UnitOfWork, now: datetime) -> Case | None:
    """Inside a transaction that counts the run's type alone. None: it says no more than is known."""
    if after.held.run.type in playbook.retired_types:
        after = await _as_called_now(after, playbook, uow)
    run = after.held.run
    if run.type not in playbook.types or playbook.type(run.type).ai.earns is None:
        return None
    recipe, known = await _recipe_of(run, playbook, uow), await uow.levels.case(run.id)
    case = measured(after, recipe, playbook.lifecycle(run.type), known=known, now=now)
    if case is not None:
        await uow.levels.keep(case)
    return case


async def _as_called_now(after: Afterwards, playbook: Playbook, uow: UnitOfWork) -> Afterwards:
    """Its type goes by another key now: it counts there, and for that key's level."""
    key = playbook.retired_types[after.held.run.type]
    await uow.levels.count_alone(key)
    run, moves = replace(after.held.run, type=key), await uow.levels.of(key, most=_MOVES)
    place = next((each.place for each in moves if each.at < run.begun_at), 0)
    kind = playbook.retired_types.get(after.type, after.type)
    return replace(after, held=replace(after.held, run=run), type=kind, place=place)


async def _recipe_of(run: Run, playbook: Playbook, uow: UnitOfWork) -> Recipe | None:
    """None: it had none, or people fill in something else by now for the same thing."""
    recipe = playbook.recipes.get(run.recipe or "")
    if recipe is None or run.playbook == playbook.version:
        return recipe
    then = await uow.playbook_numbered(run.playbook)
    before = then.recipes.get(recipe.key) if then is not None else None
    is_same = before is not None and (before.sets, amount_field(before)) == (recipe.sets, amount_field(recipe))
    return recipe if is_same else None
