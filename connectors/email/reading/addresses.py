"""From, To, Cc, Reply-To: names and addresses out of a header, however it is written.

One pass over the letters. What RFC 5322 forbids is read as it was meant: names with a bare comma, semicolons between
people (Outlook), an address without brackets or without an end.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

from connectors.email import limits
from connectors.email.mail import Address
from connectors.email.reading.words import decoded, one_line

_LONGEST = 320  # letters of an address: 64 before the @, 255 after it
_NAME = 300
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"@]{1,64}@[^\s<>(),;:\"@]{1,255}")
_PREFIXES = ("mailto:", "smtp:")


@dataclass(slots=True)
class _Entry:
    """What was read of one person so far."""

    words: list[str] = field(default_factory=list)
    angle: str | None = None
    comment: list[str] = field(default_factory=list)
    quoted: bool = False  # a part of the name stood in quotes

    def address(self) -> Address | None:
        words = " ".join("".join(self.words).split())
        if self.angle is not None:
            name, address = words, plain_address(self.angle)
            if address is None and (bare := plain_address(words)):
                name, address = "", bare  # "a@b <a@b": brackets around nothing
        else:
            address = plain_address(words) if " " not in words or words[0] == '"' else None
            name = "" if address else words
            if address is None and not self.quoted and (found := _ADDRESS.search(words)):
                address = plain_address(found[0])
                name = words.replace(found[0], " ")
        if address is None and not name:
            name = self.angle or ""  # <MAILER-DAEMON>
        name = _name(name) or _name("".join(self.comment))
        return Address(name or None, address) if name or address else None


def _name(said: str) -> str:
    plain = " ".join(one_line(decoded(said)).split())
    if len(plain) > 1 and plain[0] == plain[-1] and plain[0] in "'\"":
        plain = plain[1:-1].strip()
    return plain[:_NAME]


def plain_address(said: str) -> str | None:
    """The address with its domain in lower case and ASCII; None for what is none."""
    text = said.strip() if len(said) <= 2 * _LONGEST else ""
    if '"' not in text:
        text = "".join(text.split())
    for prefix in _PREFIXES:
        if text[: len(prefix)].lower() == prefix:
            text = text[len(prefix) :]
    if text.startswith("@") and ":" in text:  # a route of old: <@relay:a@b>
        text = text.rpartition(":")[2]
    text = text.strip("<>'\"") if '"' not in text[1:-1] else text.strip("<>")
    local, at, domain = text.rpartition("@")
    domain = ascii_domain(domain.rstrip("."))
    if not at or not local or not domain or len(local) + len(domain) >= _LONGEST:
        return None
    return f"{local}@{domain}"


def ascii_domain(domain: str) -> str:
    """A domain as mail servers write it: "münchen.example" as "xn--mnchen-3ya.example"."""
    lower = domain.lower()
    if lower.isascii() or len(lower) > 253:
        return lower
    try:
        return lower.encode("idna").decode("ascii")
    except UnicodeError:
        return lower


def addresses(value: str) -> tuple[Address, ...]:
    """Everybody whom a header names, in its order, at most limits.ADDRESSES. Members of groups without the group."""
    found: list[Address] = []
    for entry in islice(_entries(value), 2 * limits.ADDRESSES):
        person = entry.address()
        if person is None:
            continue
        # "Muster, Max <max@x>" without quotes: a name alone belongs to the address that follows it.
        if found and found[-1].address is None and person.address and person.name and not entry.quoted:
            person = Address(f"{found.pop().name}, {person.name}", person.address)
        found.append(person)
        if len(found) >= limits.ADDRESSES:
            break
    return tuple(found)


def _entries(value: str) -> Iterator[_Entry]:
    entry, at = _Entry(), 0
    ends = {mark: value.rfind(mark) for mark in '">'}  # behind the last one no search is worth its time
    while at < len(value):
        mark = value[at]
        at += 1
        if mark == '"':
            text, at = _until(value, at, '"', ends)
            # Of an address like "max muster"@x the quotes belong to it.
            entry.words.append(f'"{text}"' if value[at : at + 1] == "@" else text)
            entry.quoted = True
        elif mark == "(":
            text, at = _comment(value, at)
            entry.comment.append(text)
        elif mark == "<":
            text, at = _until(value, at, ">", ends)
            entry.angle = text if entry.angle is None else entry.angle
        elif mark in ",;":
            yield entry
            entry = _Entry()
        elif mark == ":" and _opens_group(entry):
            entry = _Entry()
        else:
            entry.words.append(mark)
    yield entry


def _opens_group(entry: _Entry) -> bool:
    said = "".join(entry.words).strip().lower()
    return entry.angle is None and "@" not in said and f"{said}:" not in _PREFIXES and "[" not in said


def _until(value: str, at: int, end: str, ends: Mapping[str, int]) -> tuple[str, int]:
    """The text up to `end`, and where it goes on. Without an end: up to the next person, and nothing is lost."""
    stop = at
    while stop <= ends[end]:
        stop = value.index(end, stop)
        if end == '"' and _escaped(value, stop):
            stop += 1
            continue
        inner = value[at:stop]
        return (re.sub(r"\\(.)", r"\1", inner) if end == '"' else inner), stop + 1
    comma = value.find(",", at)
    stop = len(value) if comma < 0 else comma
    return value[at:stop], stop


def _escaped(value: str, at: int) -> bool:
    before = at
    while before > 0 and value[before - 1] == "\\":
        before -= 1
    return (at - before) % 2 == 1


def _comment(value: str, at: int) -> tuple[str, int]:
    """A comment, which may hold others."""
    depth, start = 1, at
    while at < len(value):
        mark = value[at]
        at += 2 if mark == "\\" else 1
        depth += (mark == "(") - (mark == ")")
        if not depth:
            return value[start : at - 1], at
    return value[start:], len(value)
