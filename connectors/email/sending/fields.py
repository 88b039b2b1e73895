"""The header of a mail of ours, line by line. Whatever stands in a value, it stays within its own field. Pure.

The standard library's own folding cuts long message ids into encoded words, which no mailer puts together again: ids
and addresses are folded here, between each other only.
"""

import re
from collections.abc import Iterable
from email.charset import Charset
from email.errors import HeaderParseError
from email.header import Header
from email.utils import formataddr

from connectors.email.reading.addresses import ascii_domain

_MOST_NAME, _MOST_SUBJECT = 100, 250  # letters
_LONGEST_WORD = 400  # letters that are not folded
_LONGEST_ADDRESS, _LONGEST_LOCAL = 254, 64  # octets, says RFC 5321
_ID = re.compile(r"[\x21-\x3b\x3d\x3f-\x7e]{3,500}")
_LOCAL = re.compile(r"[^\s@<>()\[\],;:\\\"\x00-\x20\x7f]+")
_DOMAIN = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200b\u2060\ufeff]+")
_UTF8 = Charset("utf-8")
# The first id says which thread it is, the newest what is answered: all of a long thread is more than servers take.
_MOST_IDS = 20


def on_one_line(text: str) -> str:
    """Anybody's words as they may stand in a header."""
    return " ".join(_CONTROL.sub(" ", text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")).split())


def words(name: str, value: str) -> str:
    """Subject and the like: plain where it is plain, else in encoded words."""
    value = on_one_line(value)[:_MOST_SUBJECT]
    # What looks like an encoded word would be read as one.
    plain = value.isascii() and "=?" not in value and all(len(word) < _LONGEST_WORD for word in value.split())
    try:
        return Header(value, "us-ascii" if plain else "utf-8", header_name=name, maxlinelen=76).encode(linesep="\r\n")
    except HeaderParseError:  # it has the look of several fields
        return Header(value, "utf-8", header_name=name, maxlinelen=76).encode(linesep="\r\n")


def ids(values: Iterable[str]) -> str:
    """Message ids, the first and the newest; what is none is left out. "" for none."""
    known = [each for each in dict.fromkeys(values) if _ID.fullmatch(each)]
    if len(known) > _MOST_IDS:
        known = [known[0], *known[1 - _MOST_IDS :]]
    return "\r\n ".join(f"<{each}>" for each in known)


def address(given: str) -> str | None:
    """A mailbox as it stands in an envelope, the domain in its ASCII form; None where it is none."""
    local, _, domain = given.strip().rpartition("@")
    domain = ascii_domain(domain).rstrip(".")
    plain = f"{local}@{domain}"
    fits = len(plain.encode("utf-8", "replace")) <= _LONGEST_ADDRESS and len(local.encode()) <= _LONGEST_LOCAL
    return plain if fits and _LOCAL.fullmatch(local) and _DOMAIN.fullmatch(domain) and ".." not in plain else None


def person(mailbox: str, name: str | None = None) -> str:
    """A mailbox that `address` has passed, with the name that people see beside it."""
    name = on_one_line(name or "")[:_MOST_NAME].strip()
    if not name:
        return mailbox
    if mailbox.isascii() and "=?" not in name:
        return formataddr((name, mailbox))
    return f"{_UTF8.header_encode(name)} <{mailbox}>"


def block(fields: Iterable[tuple[str, str]]) -> bytes:
    """The fields as they go over the wire; those without a value are left out."""
    lines = []
    for name, value in fields:
        if not value:
            continue
        # A fold is a line break with a space after it; any other one would begin a field, or end the header.
        if re.search(r"[\r\n\x00]", value.replace("\r\n ", "")):
            raise ValueError(f"the field {name} would not stay on its line")
        lines.append(f"{name}: {value}\r\n".encode())
    return b"".join(lines)
