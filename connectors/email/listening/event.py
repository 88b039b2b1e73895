"""A mail as it came over the wire, as an event of the inbox. Pure."""

import re
from collections.abc import Sequence
from hashlib import sha256
from urllib.parse import quote

from connectors.contract import FetchedEvent

# Some servers end a mail at such a line, we and the standard at CR LF . CR LF only. Between two that do not agree a
# stranger could hide a second mail in the first, with an envelope that nobody has looked at.
_DOUBTFUL_END = re.compile(rb"[\r\n]\.[\r\n]")
_CONTROL = re.compile(r"[\x00-\x20\x7f-\x9f<>]+")
_MOST_ADDRESS = 320


def is_doubtful(lines: bytes) -> bool:
    """Whether some server would see more than one mail in `lines`: those between DATA and the line with the dot."""
    return lines.startswith((b".\r", b".\n")) or _DOUBTFUL_END.search(lines) is not None


def without_stuffing(lines: bytes) -> bytes:
    """The mail: of each line that begins with a dot, that dot was put before it for the way."""
    return (lines[1:] if lines.startswith(b".") else lines).replace(b"\r\n.", b"\r\n")


def event(
    mail: bytes, *, account: str, sender: str, recipients: Sequence[str], authserv_id: str | None
) -> FetchedEvent:
    """`account` is the mailbox that it is for, `recipients` those of the envelope that are ours.

    Above it stand the lines that a mail server writes when it delivers: whom the envelope named. With an `authserv_id`
    one more says that nothing was checked, so that whoever wrote the rest cannot speak in that name. The same mail to
    the same recipients is the same event, whenever it comes.
    """
    trace = [f"Return-Path: <{_plain(sender)}>", *(f"Delivered-To: {_plain(each)}" for each in recipients)]
    if authserv_id:
        trace.append(f"Authentication-Results: {_plain(authserv_id)}; none")
    body = "".join(f"{line}\r\n" for line in trace).encode("utf-8", "replace") + mail
    return FetchedEvent(sha256(body).hexdigest(), f"smtp://{quote(account, safe='@+')}/", body)


def _plain(address: str) -> str:
    return _CONTROL.sub("", address)[:_MOST_ADDRESS]
