"""Actions that a playbook declares as one HTTP call, as values (SPEC 8). `ai/actions/http.py` makes the calls."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter

from threadline import ActionSpec

SETTING = "secret."  # before the name of a setting: {{secret.shop_token}} is what THREADLINE_ACTION_SHOP_TOKEN says
CONTEXT = {
    "customer.name": "the customer's name",
    "customer.email": "their first verified e-mail address",
    "customer.phone": "their first verified number, like +14155550123",
    "ticket.number": "the ticket's number",
    "ticket.subject": "its subject",
    "idempotency_key": "the same for every try of one call; as a header it is sent by itself",
}


@dataclass(frozen=True, slots=True)
class Place:
    """A part of a text that is left open: a parameter, a name of CONTEXT, or a setting."""

    name: str

    @property
    def setting(self) -> str | None:
        """The name of the setting that stands here."""
        return self.name.removeprefix(SETTING) if self.name.startswith(SETTING) else None


@dataclass(frozen=True, slots=True)
class Template:
    """Text with places. One that is a single place alone stands for the value itself, and not for its text."""

    parts: tuple[str | Place, ...]

    @property
    def alone(self) -> Place | None:
        only = self.parts[0] if len(self.parts) == 1 else None
        return only if isinstance(only, Place) else None


Body = Any  # what JSON can say, with a Template for every text


@dataclass(frozen=True, slots=True)
class HttpCall:
    """What is sent, and what is taken of the answer. `origin`: scheme and host, or the place of a setting."""

    method: str
    origin: Template
    path: Template
    query: tuple[tuple[str, Template], ...] = ()
    headers: tuple[tuple[str, Template], ...] = ()
    body: Body = field(default=None, hash=False)
    result: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)  # name -> steps in the answer


@dataclass(frozen=True, slots=True)
class HttpAction:
    key: str
    label: str
    spec: ActionSpec
    call: HttpCall
    # Made from what stands above, so that two of the same words are equal.
    arguments: TypeAdapter[dict[str, Any]] = field(repr=False, compare=False)
    result: TypeAdapter[Any] = field(repr=False, compare=False)
