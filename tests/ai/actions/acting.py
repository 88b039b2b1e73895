"""A context as an action gets it."""

from collections.abc import Mapping
from datetime import UTC, datetime

from threadline import Actor, Context, Http
from threadline.http import NoHttp

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def a_context(
    *, kind: str = "agent", key: str = "key-1", settings: Mapping[str, str] | None = None, http: Http | None = None
) -> Context:
    return Context(Actor(kind, "Ada"), NOW, key, settings=settings or {}, http=http or NoHttp())
