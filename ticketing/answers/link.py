"""Links that stand for the buttons under a message of ours: signed, for a while. Pure.

Whoever has the link may answer: it went to the customer alone. It carries what its button would have sent, so it is
read by the same rules as a press.
"""

import hmac
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from urllib.parse import quote

from core.messages import Button, Outbound
from ticketing.attachments.links import LinkExpired, LinkForged, Links

PATH = "/answers/"
GOOD_FOR = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class AnswerLink:
    """A link as somebody followed it. Nothing of it is believed before `check`."""

    data: str  # of the button that it stands for
    expires: str
    signature: str


def check(links: Links, link: AnswerLink, *, now: datetime) -> None:
    """Raises LinkForged, LinkExpired."""
    expected = _signature(links, link.data, link.expires)
    if not hmac.compare_digest(expected.encode(), link.signature.encode("utf-8", "replace")):
        raise LinkForged("This link is not one of ours.")
    if now.timestamp() >= int(link.expires):
        raise LinkExpired("This link has expired.")


def with_links(message: Outbound, links: Links, *, now: datetime) -> Outbound:
    """The message with the address of each of its buttons."""
    linked = (replace(button, url=answer_link(links, button, now=now)) for button in message.buttons)
    return replace(message, buttons=tuple(linked))


def answer_link(links: Links, button: Button, *, now: datetime) -> str:
    """Good for 90 to 91 days. The same all day long: a message that is sent again says the same."""
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    expires = str(int((midnight + GOOD_FOR + timedelta(days=1)).timestamp()))
    place = f"{links.base_url.rstrip('/')}{PATH}{quote(button.data, safe=':')}"
    return f"{place}?e={expires}&s={_signature(links, button.data, expires)}"


def _signature(links: Links, data: str, expires: str) -> str:
    """Of half the usual length, because people see the address: 128 bits are enough."""
    signed = f"answer:{data}:{expires}".encode("utf-8", "replace")
    return hmac.new(links.key, signed, sha256).hexdigest()[:32]
