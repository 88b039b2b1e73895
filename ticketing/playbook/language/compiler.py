"""A playbook's text becomes a Playbook, or a list of everything that is wrong with it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from threadline import ActionSpec
from ticketing.playbook.language.approvals import approvals
from ticketing.playbook.language.calendars import calendars
from ticketing.playbook.language.fields import fields
from ticketing.playbook.language.http_actions import http_actions
from ticketing.playbook.language.journeys import check_journeys
from ticketing.playbook.language.lifecycles import lifecycles
from ticketing.playbook.language.names import Known
from ticketing.playbook.language.policies import action_policies
from ticketing.playbook.language.problems import Problem, Report
from ticketing.playbook.language.reading import Flaw, NotYaml, decoded, read
from ticketing.playbook.language.recipe_ways import check_recipes
from ticketing.playbook.language.recipes import recipes
from ticketing.playbook.language.replies import replies
from ticketing.playbook.language.shaping import shape
from ticketing.playbook.language.sla import policies
from ticketing.playbook.language.types import retired_types, types
from ticketing.playbook.language.visibility import check_visibility
from ticketing.playbook.playbook import Playbook

UNNUMBERED = 0  # the version of a playbook that is not in force yet


@dataclass(frozen=True, slots=True)
class Compiled:
    """Either a playbook and no problems, or problems and no playbook."""

    playbook: Playbook | None
    problems: tuple[Problem, ...]


def compile_playbook(
    text: str | bytes,
    *,
    file: str,
    teams: Collection[str] | None = None,
    people: Collection[str] | None = None,
    actions: Mapping[str, ActionSpec] | None = None,
    version: int = UNNUMBERED,
) -> Compiled:
    """Read and check a playbook; all problems at once, in the document's order.

    `file` is its name in messages. `teams` (names), `people` (e-mail addresses) and `actions` (by name) are those of
    the desk; None: not known here, and not checked. Raises nothing: whatever is wrong is a problem.
    """
    try:
        root, flaws = read(decoded(text))
    except NotYaml as error:
        return Compiled(None, tuple(_problem(flaw, file) for flaw in error.flaws))
    report = Report(file, root)
    document, broken = shape(root, report)
    playbook = _playbook(Known(document, broken, report, teams, people, actions), version)
    problems = sorted(
        (*report.problems, *(_problem(flaw, file) for flaw in flaws)), key=lambda each: (each.line, each.column)
    )
    return Compiled(None if problems else playbook, tuple(problems))


def _playbook(known: Known, version: int) -> Playbook:
    """As far as it can be made; it is one only where nothing was told."""
    document = known.document
    known.labels(("categories",), document.categories.items(), of="Categories")
    drawn = lifecycles(known)
    own_actions = http_actions(known)
    known.own_actions = {key: each.spec for key, each in own_actions.items()}
    playbook = Playbook(
        version=version,
        name=document.playbook,
        types=types(known),
        categories=document.categories,
        lifecycles={key: each.lifecycle for key, each in drawn.items()},
        fields=fields(known),
        approvals=approvals(known),
        replies=replies(known),
        calendars=calendars(known),
        policies=policies(known),
        http_actions=own_actions,
        recipes=recipes(known),
        action_policies=action_policies(known),
        retired_types=retired_types(known),
        retired_labels=_retired_labels(known),
    )
    for each in drawn.values():
        check_journeys(each, known.report)
    check_visibility(known, drawn)
    check_recipes(playbook, drawn, known)
    return playbook


def _retired_labels(known: Known) -> dict[str, str]:
    for key in known.document.retired_categories:
        if key in known.document.categories:
            path = ("retired_categories", key)
            known.report.add(path, f"Category {key} is still there", "Take it out here, or there.", at_key=True)
    return known.document.retired_categories


def _problem(flaw: Flaw, file: str) -> Problem:
    return Problem(file, *flaw.place, flaw.message, flaw.hint)
