"""`threadline autonomy`: how far the AI goes with each type, why, and setting it by hand."""

import json
from collections.abc import Iterator, Sequence
from typing import Annotated

import typer

from app.commands.desk import with_desk
from app.terminal import inert
from core.errors import NotFound
from ticketing.resolution.levels import SAID, Move
from ticketing.resolution.move_level import Standing, level_called

Type = Annotated[str | None, typer.Argument(help="A type of ticket, by its key: with its history.")]
Level = Annotated[str | None, typer.Argument(help="shadow, suggest, act_with_approval or act_alone: from now on.")]


def autonomy(
    kind: Type = None,
    level: Level = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print data instead of text.")] = False,
) -> None:
    """How far the AI goes with tickets of each type, what was measured, and who or what moved it; or set it by hand."""
    if kind is not None and level is not None:
        wanted = level_called(level)
        moved = with_desk(lambda desk: desk.set_autonomy(kind, wanted, by=None))
        said = f"From now on the AI's autonomy with {kind} is: {wanted.words}."
        typer.echo(inert(said if moved is not None else f"It was so already. {said}"))
        return
    found = [each for each in with_desk(lambda desk: desk.autonomy()) if kind in (None, each.type)]
    if kind is not None and not found:
        raise NotFound(f"The playbook has no type “{kind}” that the AI does something about.")
    if as_json:
        typer.echo(json.dumps([_as_data(each) for each in found], ensure_ascii=False, default=str))
        return
    for line in _lines(found, whole=kind is not None):
        typer.echo(inert(line))


def _lines(found: Sequence[Standing], *, whole: bool) -> Iterator[str]:
    if not found:
        yield "The playbook has the AI do nothing about any type of ticket."
    for each in found:
        most, earning = each.policy.autonomy, each.policy.earns
        yield f"{each.type}: {each.level.words}" + ("" if each.level is most else f" (at most: {most.words})")
        if earning is not None:
            up, down = f"{earning.precision:.0%} of {earning.over}", f"{earning.forgiven + 1} wrong"
            yield f"    {each.right} of {each.judged} cases right so far; a step up takes {up}, a step down {down}"
        for move in each.moves if whole else each.moves[:1]:
            yield from _told(move)


def _told(move: Move) -> Iterator[str]:
    how = move.how.value.replace("_", " ")
    yield f"    {move.at:%Y-%m-%d %H:%M} UTC {how}: {move.was.words} → {move.level.words}. {move.why}"
    for each in move.cases if move.how.is_down else ():
        yield f"        #{each.ticket} {SAID[each.sign]}: threadline runs show {each.run_id}"


def _as_data(each: Standing) -> dict[str, object]:
    earning = each.policy.earns
    return {
        "type": each.type,
        "level": each.level.value,
        "at_most": each.policy.autonomy.value,
        "right": each.right,
        "judged": each.judged,
        "over": earning.over if earning else None,
        "precision": earning.precision if earning else None,
        "moves": [
            {
                "id": str(move.id),
                "at": move.at.isoformat(),
                "how": move.how.value,
                "was": move.was.value,
                "level": move.level.value,
                "why": move.why,
                "by": move.name,
                "right": move.right,
                "judged": move.judged,
                "runs": [{"run": str(case.run_id), "ticket": case.ticket, "sign": case.sign} for case in move.cases],
            }
            for move in each.moves
        ],
    }
