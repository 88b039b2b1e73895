"""What an action knows of who asks and why: values, frozen. Nothing here can change the desk."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from threadline.errors import Unavailable
from threadline.http import Http, NoHttp
from threadline.values import Json

SETTINGS = "THREADLINE_ACTION_"  # what the names of an action's own settings begin with in the environment


@dataclass(frozen=True, slots=True)
class Identity:
    """Where a customer is reached. Only a verified one proves who they are: anybody can claim an address."""

    channel: str  # whatsapp, telegram, email, …
    address: str  # +14155550123, mia@example.com, …
    verified: bool


@dataclass(frozen=True, slots=True)
class Customer:
    name: str
    language: str | None = None  # BCP 47, e.g. "pt-BR"
    tier: str | None = None
    attributes: Mapping[str, str | int | float | bool] = field(default_factory=dict, hash=False)
    identities: tuple[Identity, ...] = ()

    @property
    def emails(self) -> tuple[str, ...]:
        """Verified e-mail addresses, in small letters: those that prove whose an order is."""
        found = (each.address.lower() for each in self.identities if each.verified and "@" in each.address)
        return tuple(dict.fromkeys(found))

    @property
    def phones(self) -> tuple[str, ...]:
        """Verified telephone numbers, as E.164."""
        found = (each.address for each in self.identities if each.verified and _is_phone(each.address))
        return tuple(dict.fromkeys(found))


def _is_phone(address: str) -> bool:
    digits = address.removeprefix("+")
    return len(digits) < len(address) <= 16 and digits.isascii() and digits.isdecimal()


@dataclass(frozen=True, slots=True)
class Ticket:
    """The ticket that the action is called for. `fields`: its custom fields by key, as they are stored."""

    number: int
    type: str
    subject: str
    fields: Mapping[str, Json] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks. `kind`: ai, agent or automation."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Context:
    """What an action gets beside its arguments. A call that is repeated has the same `idempotency_key`."""

    actor: Actor
    now: datetime  # aware
    idempotency_key: str
    ticket: Ticket | None = None
    customer: Customer | None = None
    settings: Mapping[str, str] = field(default_factory=dict, hash=False, repr=False)  # may hold secrets
    http: Http = field(default_factory=NoHttp, hash=False, repr=False, compare=False)

    def setting(self, name: str) -> str:
        """`setting("shop_url")` is what THREADLINE_ACTION_SHOP_URL says. Raises Unavailable where it says nothing."""
        if value := self.settings.get(name):
            return value
        raise Unavailable(f"This action needs a setting that is not there: set {SETTINGS}{name.upper()}.")
