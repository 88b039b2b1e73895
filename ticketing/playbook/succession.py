"""What becomes of tickets when a playbook follows another one: all statuses and types there ever were lead to today's.

So nothing that the record names is ever unknown, whether or not its ticket has been migrated yet.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

from core.errors import Refused
from ticketing.playbook.lifecycle import Lifecycle, StatusCategory
from ticketing.playbook.playbook import Playbook


class MappingMissing(Refused):
    """Tickets stand in statuses or are of types that the new playbook does not have, and nothing says where they go."""


class MappingUnknown(Refused):
    """The mapping names something that there is not."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How many tickets stand so."""

    type: str
    status: str
    category: StatusCategory
    tickets: int


@dataclass(frozen=True, slots=True)
class Successors:
    """What statuses and types of earlier versions are now. `statuses`: by the lifecycle that its tickets follow now."""

    statuses: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    types: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)  # of categories that are used no more

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Self:
        return cls(data["statuses"], data["types"], data["labels"])

    def data(self) -> dict[str, Any]:
        """As it is stored."""
        return {"statuses": self.statuses, "types": self.types, "labels": self.labels}

    def into(self, playbook: Playbook, *, version: int) -> Playbook:
        """The playbook as this version, knowing all that was before it."""
        lifecycles = {
            key: replace(each, retired=self.statuses.get(key, {}), version=version)
            for key, each in playbook.lifecycles.items()
        }
        return replace(
            playbook, version=version, lifecycles=lifecycles, retired_types=self.types, retired_labels=self.labels
        )


@dataclass(frozen=True, slots=True)
class Wanted:
    """What whoever applies a playbook says of statuses and types that are no more: old to new."""

    statuses: Mapping[tuple[str | None, str], str] = field(default_factory=dict)  # of this lifecycle, or of any
    types: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, lines: Sequence[str]) -> Self:
        """From "old=new", "lifecycle.old=new" and "type:old=new". Raises MappingUnknown: not of this form."""
        statuses: dict[tuple[str | None, str], str] = {}
        types: dict[str, str] = {}
        for line in lines:
            old, sign, new = (part.strip() for part in line.partition("="))
            if not (old and sign and new):
                raise MappingUnknown(f"“{line}” is no mapping. Write old=new, lifecycle.old=new or type:old=new.")
            if old.startswith("type:"):
                types[old.removeprefix("type:").strip()] = new
                continue
            lifecycle, dot, status = old.rpartition(".")
            statuses[lifecycle if dot else None, status] = new
        return cls(statuses, types)


def succeed(
    before: Playbook, after: Playbook, standing: Sequence[Standing], wanted: Wanted, *, guess: bool = False
) -> Successors:
    """What `after` makes of all that was. What no ticket stands in, and nobody says, follows its status category;
    with `guess` so does everything else.

    Raises MappingMissing (with what to write), MappingUnknown.
    """
    return _Succession(before, after, standing, wanted, guess=guess).made()


class _Succession:
    def __init__(
        self, before: Playbook, after: Playbook, standing: Sequence[Standing], wanted: Wanted, *, guess: bool
    ) -> None:
        self._before, self._after = before, after
        self._wanted, self._guess = wanted, guess
        self._standing = standing
        self._used: set[tuple[str | None, str]] = set()
        self._missing: list[str] = []

    def made(self) -> Successors:
        types = self._types()
        statuses: dict[str, dict[str, str]] = {
            key: {old: new for old, new in each.retired.items() if not each.knows(old)}
            for key, each in self._after.lifecycles.items()
        }
        for old_type, old, category in self._seen():
            now = types.get(old_type, old_type)
            if now not in self._after.types:
                continue  # told already
            lifecycle = self._after.lifecycle(now)
            if not lifecycle.knows(old):
                new = self._status(lifecycle, old_type, old, category)
                statuses[lifecycle.key][old] = self._known(lifecycle, old, new)
        self._require_used()
        if self._missing:
            raise MappingMissing("\n".join(self._missing))
        labels = {**self._before.retired_labels, **self._before.categories, **self._after.retired_labels}
        gone = {key: label for key, label in labels.items() if key not in self._after.categories}
        return Successors(statuses, types, gone)

    def _types(self) -> dict[str, str]:
        """Every type that is no more, and what its tickets are now."""
        seen = [*self._before.types, *self._before.retired_types, *(each.type for each in self._standing)]
        made = {key: new for key, new in self._after.retired_types.items() if key not in self._after.types}
        for old in dict.fromkeys(seen):
            if old not in self._after.types:
                made[old] = self._type(old)
        for old, new in self._wanted.types.items():
            if old not in seen or old in self._after.types:
                raise MappingUnknown(f"The mapping names type “{old}”, which this playbook does not take away.")
            if new not in self._after.types:
                raise MappingUnknown(
                    f"There is no type “{new}” in this playbook. It has: {', '.join(self._after.types)}."
                )
        return made

    def _type(self, old: str) -> str:
        chosen = self._wanted.types.get(old) or self._after.retired_types.get(old)
        earlier = self._before.retired_types.get(old)
        if chosen is None and earlier is not None:
            return earlier if earlier in self._after.types else self._type(earlier)
        if chosen is None:
            tickets = sum(each.tickets for each in self._standing if each.type == old)
            if tickets and not self._guess:
                label = self._before.types[old].label if old in self._before.types else old
                self._missing.append(
                    f"{_tickets(tickets)} of type {label} ({old}), which this playbook does not have. Say what they "
                    f"are now, with --map type:{old}=… or `was: [{old}]` at a type. "
                    f"It has: {', '.join(self._after.types)}."
                )
            chosen = self._after.default_type.key
        return chosen

    def _seen(self) -> Iterator[tuple[str, str, StatusCategory]]:
        """Every type and status that a ticket may stand in, with that status's category."""
        for key in (*self._before.types, *self._before.retired_types):
            lifecycle = self._before.lifecycle(key)
            for old in (*(status.key for status in lifecycle.statuses), *lifecycle.retired):
                yield key, old, lifecycle.status(old).category
        for each in self._standing:
            yield each.type, each.status, each.category

    def _status(self, lifecycle: Lifecycle, old_type: str, old: str, category: StatusCategory) -> str:
        for place in ((lifecycle.key, old), (None, old)):
            if place in self._wanted.statuses:
                self._used.add(place)
                return self._wanted.statuses[place]
        if old in lifecycle.retired:
            return lifecycle.retired[old]
        earlier = self._before.lifecycle(old_type).retired.get(old) if self._was_type(old_type) else None
        if earlier is not None:
            if lifecycle.knows(earlier):
                return earlier
            return self._status(lifecycle, old_type, earlier, category)
        self._require_nobody_in(lifecycle, old_type, old)
        return alike(lifecycle, category)

    def _was_type(self, key: str) -> bool:
        return key in self._before.types or key in self._before.retired_types

    def _require_nobody_in(self, lifecycle: Lifecycle, old_type: str, old: str) -> None:
        tickets = sum(each.tickets for each in self._standing if (each.type, each.status) == (old_type, old))
        if not tickets or self._guess:
            return
        kind = self._before.type(old_type).label if self._was_type(old_type) else old_type
        known = self._was_type(old_type) and self._before.lifecycle(old_type).knows(old)
        label = self._before.lifecycle(old_type).status(old).label if known else old
        choices = ", ".join(status.key for status in lifecycle.statuses)
        line = (
            f"{_tickets(tickets)} of type {kind} in status {label} ({old}), which lifecycle {lifecycle.label} "
            f"({lifecycle.key}) does not have. Say where they go, with --map {lifecycle.key}.{old}=… or "
            f"`was: [{old}]` at a status. It has: {choices}."
        )
        if line not in self._missing:
            self._missing.append(line)

    def _known(self, lifecycle: Lifecycle, old: str, new: str) -> str:
        if lifecycle.knows(new):
            return new
        choices = ", ".join(status.key for status in lifecycle.statuses)
        raise MappingUnknown(
            f"“{old}” cannot become “{new}”: lifecycle {lifecycle.label} ({lifecycle.key}) has no such status. "
            f"It has: {choices}."
        )

    def _require_used(self) -> None:
        for lifecycle, old in self._wanted.statuses.keys() - self._used:
            name = f"{lifecycle}.{old}" if lifecycle else old
            raise MappingUnknown(f"The mapping names status “{name}”, which this playbook does not take away.")


def alike(lifecycle: Lifecycle, category: StatusCategory) -> str:
    """The first status of this category; where there is none, the one where tickets begin."""
    return next((each.key for each in lifecycle.statuses if each.category is category), lifecycle.initial)


def _tickets(count: int) -> str:
    return "1 ticket is" if count == 1 else f"{count:,} tickets are"
