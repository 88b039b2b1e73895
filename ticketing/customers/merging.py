"""What becomes of two customers' attributes when they are one, and when they are two again. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ticketing.customers.attributes import OWN, attributes_of
from ticketing.customers.customer import Custom, Customer, Merge


@dataclass(frozen=True, slots=True)
class Conflict:
    """An attribute that both have, differently."""

    name: str
    stays: Custom  # the survivor's
    goes: Custom  # the absorbed one's, which an undo brings back


@dataclass(frozen=True, slots=True)
class Combined:
    """The survivor of a merge, and what it was given of the other's."""

    customer: Customer
    before: Mapping[str, Custom | None]
    filled: Mapping[str, Custom]
    conflicts: tuple[Conflict, ...]


def combine(survivor: Customer, absorbed: Customer, *, addresses: Collection[str]) -> Combined:
    """The survivor's own attributes stay; what it lacks comes from the other. An address counts as no name."""
    own, others = attributes_of(survivor), attributes_of(absorbed)
    filled = {name: value for name, value in others.items() if name not in own}
    before: dict[str, Custom | None] = dict.fromkeys(filled)
    if survivor.name in addresses and absorbed.name not in addresses:
        filled["name"], before["name"] = absorbed.name, survivor.name
    clashes = [Conflict(name, own[name], value) for name, value in others.items() if own.get(name, value) != value]
    given = _given(survivor, filled)
    return Combined(replace(given, version=survivor.version + 1), before, filled, tuple(clashes))


def separate(survivor: Customer, merge: Merge) -> Customer:
    """The survivor without what the merge had given it, as far as nobody has changed that since."""
    now: dict[str, Custom | None] = {"name": survivor.name, **attributes_of(survivor)}
    back = {name: merge.before[name] for name, value in merge.filled.items() if now.get(name) == value}
    return replace(_given(survivor, back), version=survivor.version + 1)


def _given(customer: Customer, values: Mapping[str, Custom | None]) -> Customer:
    own = dict(customer.custom) | {name.removeprefix(OWN): v for name, v in values.items() if name.startswith(OWN)}
    plain: dict[str, Any] = {name: value for name, value in values.items() if not name.startswith(OWN)}
    return replace(customer, **plain, custom={name: value for name, value in own.items() if value is not None})
