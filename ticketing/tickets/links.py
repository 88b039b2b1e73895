"""The lasting address of a ticket: whoever has it is led to its card in Slack. It says nothing about the ticket.

Numbers can be guessed, so the address carries a signature: without it nobody learns which tickets there are. It never
ends, since it opens nothing by itself: Slack still asks who somebody is.
"""

import hmac
import re
from hashlib import sha256
from urllib.parse import urlsplit

from ticketing.attachments.links import Links

PATH = "/tickets/"
_NUMBER = re.compile(r"[0-9]{1,9}")


def ticket_link(links: Links, number: int) -> str:
    """E.g. "https://desk.example/tickets/12?s=…"."""
    return f"{_base(links)}{number}?s={_signature(links, number)}"


def is_signed(links: Links, number: int, signature: str) -> bool:
    """Whether we made the address of this ticket that carries this."""
    return hmac.compare_digest(_signature(links, number).encode(), signature.encode("utf-8", "replace"))


def number_in(links: Links, url: str) -> int | None:
    """The ticket that an address of ours is of, signed or typed by hand; None for any other address."""
    try:
        given, ours = urlsplit(url.strip()), urlsplit(_base(links))
        same = (given.scheme, given.hostname, given.port) == (ours.scheme, ours.hostname, ours.port)
    except ValueError:
        return None
    number = given.path.removeprefix(ours.path).removesuffix("/")
    return int(number) if same and given.path.startswith(ours.path) and _NUMBER.fullmatch(number) else None


def _base(links: Links) -> str:
    return f"{links.base_url.rstrip('/')}{PATH}"


def _signature(links: Links, number: int) -> str:
    """Of half the usual length, so that people can look at the address: 128 bits are enough."""
    return hmac.new(links.key, f"ticket:{number}".encode(), sha256).hexdigest()[:32]
