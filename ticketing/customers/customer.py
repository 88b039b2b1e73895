"""Customers, their identities and merges as values."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

Custom = str | int | float | bool  # the value of an attribute that the desk made up

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")


@dataclass(frozen=True, slots=True)
class Customer:
    """Somebody who writes to the desk. `version` grows with every change of what is known, and with merges."""

    id: UUID
    name: str  # what the channel says, or the address they write from
    created_at: datetime
    tier: str | None = None
    language: str | None = None  # BCP 47, e.g. "pt-BR"
    time_zone: str | None = None  # IANA, e.g. "Europe/Berlin"
    custom: Mapping[str, Custom] = field(default_factory=dict)
    merged_into: UUID | None = None  # they are this customer now
    version: int = 1


@dataclass(frozen=True, slots=True)
class Identity:
    """A customer on one channel. `phone` and `email` are what the channel vouches for, not what anybody claims."""

    id: UUID
    customer_id: UUID
    channel: str
    address: str
    phone: str | None = None  # E.164
    email: str | None = None  # lower case
    verified_at: datetime | None = None
    blocked: bool = False


class Reason(StrEnum):
    """Why two customers are one."""

    AGENT = "agent"  # somebody said so
    PHONE = "phone"  # both have proven to have the same number
    EMAIL = "email"


@dataclass(frozen=True, slots=True)
class Merge:
    """One merge, with everything needed to undo it."""

    id: UUID
    survivor_id: UUID
    absorbed_id: UUID
    reason: Reason
    by_id: UUID | None  # a person of the desk
    by_name: str
    at: datetime
    identities: tuple[UUID, ...]  # what went from the absorbed to the survivor
    conversations: tuple[UUID, ...]
    tickets: tuple[UUID, ...]
    before: Mapping[str, Custom | None]  # the survivor's attributes that were filled, as they were
    filled: Mapping[str, Custom]  # … and with what of the absorbed one's
    undone_at: datetime | None = None
    undone_by: str | None = None


def phone_number(said: str | None) -> str | None:
    """A number in E.164 that may be compared with another; None for anything else."""
    return said if said is not None and _E164.fullmatch(said) else None
