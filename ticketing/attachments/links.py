"""Links to files: signed, for a while. Whoever has the link has the file, so links end; nobody can make one up."""

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from urllib.parse import quote
from uuid import UUID

from core.errors import Refused

FOR_PEOPLE = timedelta(days=30)
FOR_PROVIDERS = timedelta(days=1)


class Variant(StrEnum):
    ORIGINAL = "file"
    THUMBNAIL = "thumb"


class LinkForged(Refused):
    """Not a link of ours, or one that somebody has changed."""


class LinkExpired(Refused):
    """A link of ours whose time is over."""


@dataclass(frozen=True, slots=True)
class Links:
    """Makes and checks links. `base_url` is where people and providers reach us."""

    base_url: str
    key: bytes = field(repr=False)

    def for_people(self, file_id: UUID, name: str, *, now: datetime, variant: Variant = Variant.ORIGINAL) -> str:
        """Good for 30 to 31 days. The same all day long, so that what shows it does not change with every look."""
        return self._link(file_id, name, variant, _days_end(now))

    def for_providers(self, file_id: UUID, name: str, *, now: datetime) -> str:
        """Good for a day: a provider fetches a file soon after it was told of it."""
        return self._link(file_id, name, Variant.ORIGINAL, now + FOR_PROVIDERS)

    def mail_for_people(self, message_id: UUID, *, now: datetime) -> str:
        """To the page of a whole mail; good for as long as `for_people`."""
        at = str(int(_days_end(now).timestamp()))
        return f"{self.base_url.rstrip('/')}/mails/{message_id}?e={at}&s={self._of_mail(message_id, at)}"

    def check_mail(self, message_id: UUID, expires: str, signature: str, *, now: datetime) -> None:
        """Raises LinkForged, LinkExpired."""
        _check(self._of_mail(message_id, expires), expires, signature, now)

    def check(self, file_id: UUID, variant: Variant, expires: str, signature: str, *, now: datetime) -> None:
        """Raises LinkForged, LinkExpired. `expires` and `signature` as they stand in the link."""
        _check(self._signature(file_id, variant, expires), expires, signature, now)

    def _link(self, file_id: UUID, name: str, variant: Variant, expires: datetime) -> str:
        at = str(int(expires.timestamp()))
        link = f"{self.base_url.rstrip('/')}/files/{file_id}/{quote(name, safe='')}"
        link = f"{link}?e={at}&s={self._signature(file_id, variant, at)}"
        return link if variant is Variant.ORIGINAL else f"{link}&v={variant}"

    def _signature(self, file_id: UUID, variant: Variant, expires: str) -> str:
        return self._signed(f"{file_id}:{variant}:{expires}")

    def _of_mail(self, message_id: UUID, expires: str) -> str:
        return self._signed(f"mail:{message_id}:{expires}")

    def _signed(self, said: str) -> str:
        return hmac.new(self.key, said.encode("utf-8", "replace"), sha256).hexdigest()


def _days_end(now: datetime) -> datetime:
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + FOR_PEOPLE + timedelta(days=1)


def _check(expected: str, expires: str, signature: str, now: datetime) -> None:
    if not hmac.compare_digest(expected.encode(), signature.encode("utf-8", "replace")):
        raise LinkForged("This link is not one of ours. Open what you look for from its ticket.")
    if now.timestamp() >= int(expires):
        raise LinkExpired("This link has expired. Open the ticket in Slack and follow the new link there.")


GetLinks = Callable[[], Awaitable[Links]]  # their key may have to be asked for first
