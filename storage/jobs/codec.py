"""Events as job payloads and back. Ids and instants only, so a payload is small and never holds content."""

import json
from dataclasses import fields
from datetime import datetime
from typing import Any, get_type_hints
from uuid import UUID

from core.events import Event

_HINTS: dict[type[Event], dict[str, Any]] = {}
_NAMES: dict[type[Event], tuple[str, ...]] = {}
_JSON = json.JSONEncoder(default=str, separators=(",", ":"))  # made once: thousands of events may come at once


def encode(event: Event) -> bytes:
    """The event's fields as JSON. Its type is the job's name and is not repeated."""
    kind = type(event)
    names = _NAMES.get(kind) or _NAMES.setdefault(kind, tuple([field.name for field in fields(kind)]))
    return _JSON.encode({name: getattr(event, name) for name in names}).encode()


def decode(kind: type[Event], payload: bytes) -> Event:
    """Raises KeyError, ValueError when the payload is not of this kind: a job from a newer version, say."""
    values = json.loads(payload)
    hints = _HINTS.get(kind) or _HINTS.setdefault(kind, get_type_hints(kind))
    return kind(**{field.name: _value(hints[field.name], values[field.name]) for field in fields(kind)})


def _value(kind: Any, value: Any) -> Any:
    if kind is UUID:
        return UUID(value)
    if kind is datetime:
        return datetime.fromisoformat(value)
    return value
