"""Everything that one part of a playbook may name in another: looked up here, told here where it is not there."""

import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from threadline import ActionSpec
from ticketing.playbook import facts
from ticketing.playbook.checking import Checked, check, check_value
from ticketing.playbook.closest import closest
from ticketing.playbook.conditions import Condition, Expression
from ticketing.playbook.expressions import Tree
from ticketing.playbook.fields import FieldKind
from ticketing.playbook.grants import DEFAULT_GRANTS, Grant, Grants
from ticketing.playbook.kinds import ANY, Kind, Names
from ticketing.playbook.language.models import Document
from ticketing.playbook.language.problems import Path, Report
from ticketing.playbook.language.shaping import ALL, Broken

TEAM = "team:"
AI = "ai"  # among those who may call an action
BUILT_IN = ("category", "priority", "assignee", "team", "note")  # what a status may require beside fields


def as_seen(label: str) -> str:
    """The same for labels that people cannot tell apart, whatever signs they are made of."""
    folded = unicodedata.normalize("NFKC", label).casefold()
    return "".join(sign for sign in folded if unicodedata.category(sign) != "Cf")


@dataclass
class Known:
    """The document, what its parts are called, who works at the desk and what it can do (None: not known here)."""

    document: Document
    broken: Broken
    report: Report
    teams: Collection[str] | None
    people: Collection[str] | None
    actions: Mapping[str, ActionSpec] | None = None
    own_actions: Mapping[str, ActionSpec] = field(default_factory=dict)  # that the document declares itself
    conditions: Names = field(init=False)  # what they may ask about
    trees: dict[Path, Tree] = field(default_factory=dict)  # of conditions that are right, by place

    def __post_init__(self) -> None:
        document, broken = self.document, self.broken
        kinds = {
            key: facts.field_kind(FieldKind(each.kind), key, each.options or ())
            for key, each in document.fields.items()
        }
        statuses = [key for lifecycle in document.lifecycles.values() for key in lifecycle.statuses]
        # Where not all of them are known, any name may be right.
        self.conditions = facts.names(
            types=None if broken["types"] else document.types,
            categories=None if broken["categories"] else document.categories,
            statuses=None if broken["lifecycles"] else statuses,
            fields=None if ALL in broken["fields"] else {**dict.fromkeys(broken["fields"], ANY), **kinds},
        )

    def has(self, section: str, key: str) -> bool:
        """Whether there is such an entry, right or broken."""
        return key in getattr(self.document, section) or not self.broken[section].isdisjoint({key, ALL})

    def require(self, path: Path, section: str, what: str, key: str, *, at_key: bool = False) -> bool:
        """Tells it where there is none."""
        if self.has(section, key):
            return True
        known = [*getattr(self.document, section), *sorted(self.broken[section])]
        self.report.unknown(path, what, key, known, at_key=at_key)
        return False

    def requirements(self, path: Path, keys: Iterable[str]) -> tuple[str, ...]:
        """What a status or transition requires."""
        for place, key in self.each(path, keys):
            if key not in BUILT_IN and not self.has("fields", key):
                message = f'There is no field "{key}" to require'
                self.report.add(place, message, closest(key, [*BUILT_IN, *self.document.fields]))
        return tuple(keys)

    def each(self, path: Path, keys: Iterable[str]) -> list[tuple[Path, str]]:
        """With their places; one that stands twice is told."""
        found: list[tuple[Path, str]] = []
        for index, key in enumerate(keys):
            place = (*path, index)
            if any(key == before for _, before in found):
                self.report.add(place, f'"{key}" stands here twice', "Keep one of them.")
            found.append((place, key))
        return found

    def condition(self, path: Path, source: str | None, names: Names | None = None) -> Condition | None:
        """Checked and compiled. None: there is none, or it is wrong. `names`: what it may ask about."""
        if source is None or not self._right(path, check(source, names or self.conditions)):
            return None
        return Condition(source)

    def value(self, path: Path, source: str, names: Names) -> tuple[Expression, Kind] | None:
        """An expression that gives a value, and what it gives. None: it is wrong."""
        checked = check_value(source, names)
        return (Expression(source), checked.kind) if self._right(path, checked) else None

    def _right(self, path: Path, checked: Checked) -> bool:
        for fault in checked.faults:
            self.report.add(path, fault.message, fault.hint, offset=fault.at)
        if checked.faults or checked.tree is None:
            return False
        self.trees[path] = checked.tree
        return True

    def spec(self, name: str) -> ActionSpec | None:
        """What an action says of itself; None: it is not known here."""
        return (self.actions or {}).get(name) or self.own_actions.get(name)

    def action(self, path: Path, name: str, *, writes: bool, at_key: bool = False) -> ActionSpec | None:
        """The same, for the AI to call. Tells one that is not there, is of the other kind or is not for the AI."""
        spec = self.spec(name)
        if spec is None:
            if self.actions is not None and self.broken["actions"].isdisjoint({name, ALL}):
                known = [*self.own_actions, *self.actions]
                hint = closest(name, known) if known else "This desk knows none: see THREADLINE_ACTIONS."
                if hint.startswith("There are:"):
                    hint += " THREADLINE_ACTIONS names the modules that they come from."
                self.report.add(path, f'There is no action "{name}"', hint, at_key=at_key)
            return None
        if spec.writes is not writes:
            said = "writes" if spec.writes else "only reads"
            hint = f"Name one that {'writes' if writes else 'only reads'}."
            self.report.add(path, f"Action {name} {said}", hint, at_key=at_key)
            return None
        if AI not in spec.may:
            hint = f"It is for: {', '.join(sorted(spec.may))}. Name another one."
            self.report.add(path, f"Action {name} is not for the AI", hint, at_key=at_key)
        return spec

    def team(self, path: Path, name: str) -> str:
        """A team's name in small letters, as people's teams are compared."""
        known = {team.lower(): team for team in self.teams} if self.teams is not None else None
        if known is not None and name.lower() not in known:
            self.report.unknown(path, "team", name, sorted(known.values()))
        return name.lower()

    def grants(self, path: Path, names: list[str] | None) -> Grants:
        """Who may use a transition."""
        if names is None:
            return DEFAULT_GRANTS
        kinds, teams = set(), set()
        if not names:
            self.report.add(path, "Nobody may use this transition", "Name somebody, or leave the line out.")
        for place, name in self.each(path, names):
            if name.startswith(TEAM):
                teams.add(self.team(place, name.removeprefix(TEAM).strip()))
            elif name in set(Grant):
                kinds.add(Grant(name))
            else:
                hint = closest(name, [*Grant, "team:NAME"])
                self.report.add(place, f'"{name}" is nobody that a transition can be for', hint)
        return Grants(frozenset(kinds), frozenset(teams))

    def labels(self, path: Path, labels: Iterable[tuple[str, str]], *, of: str) -> None:
        """Tells labels that stand twice: people could not tell them apart. `labels`: key and label."""
        seen: dict[str, str] = {}
        for key, label in labels:
            first = seen.setdefault(as_seen(label), key)
            if first != key:
                self.report.add(
                    (*path, key, "label"),
                    f'{of} {key} and {first} have the same label "{label}"',
                    "Name one otherwise.",
                )
