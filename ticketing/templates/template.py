"""A template as a value."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

APPROVED = "approved"
GONE = "gone"  # the provider does not have it any more


@dataclass(frozen=True, slots=True)
class Template:
    """What a provider has approved, or not. Nothing of it is changed here but `is_fallback`."""

    id: UUID
    channel: str
    provider_id: str
    name: str
    language: str
    body: str  # with {{1}} or {{name}} where variables go
    variables: tuple[str, ...]  # their names, in the order of the body
    status: str  # approved | pending | rejected | paused | unsubmitted | gone
    category: str | None
    why: str | None  # it was rejected
    is_fallback: bool  # its one variable takes the words that the window did not let through
    synced_at: datetime


@dataclass(frozen=True, slots=True)
class FromTemplate:
    """What somebody wants to send: a template with its variables filled in."""

    template_id: UUID
    variables: Mapping[str, str]
