"""The header fields of a mail or a part, in their order, found and read defensively.

The standard library's modern parser raises on real mails (message ids in brackets, addresses that do not end), and its
older one keeps every line as an object of its own; so fields are cut out of the bytes here.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from connectors.email import limits
from connectors.email.reading.charsets import decode
from connectors.email.reading.words import decoded, one_line

_NAME = frozenset(range(33, 127)) - {ord(":")}


@dataclass(frozen=True, slots=True)
class Headers:
    """Fields as they came: names in lower case, values folded and undecoded."""

    fields: tuple[tuple[str, bytes], ...] = field(default=(), repr=False)

    def raw(self, name: str) -> str:
        """The first field of this name on one line, encoded words unread; "" where there is none."""
        return next(self._values(name), "")

    def raws(self, name: str) -> tuple[str, ...]:
        """All fields of this name, topmost first."""
        return tuple(self._values(name))

    def text(self, name: str) -> str:
        """The first field of this name as people read it; "" where there is none."""
        return decoded(self.raw(name))

    def has(self, name: str) -> bool:
        """Whether there is such a field, also an empty one."""
        return any(each == name for each, _ in self.fields)

    def names(self) -> frozenset[str]:
        """In lower case."""
        return frozenset(name for name, _ in self.fields)

    def _values(self, name: str) -> Iterator[str]:
        return (one_line(decode(value)[0]) for each, value in self.fields if each == name)


def headers(raw: bytes, start: int, end: int) -> tuple[Headers, int, list[str]]:
    """The fields at `start`, where the body begins, and what was wrong in words. Looks at no byte from `end` on."""
    found: list[tuple[str, bytes]] = []
    defects: list[str] = []
    at = start
    while at < end:
        stop = _line_end(raw, at, end)
        line = raw[at : min(stop, at + limits.HEADER)]
        if not line.strip(b"\r\n"):
            return Headers(tuple(found)), stop, defects
        name = _name(line)
        if name is None:
            if at == start and line.startswith((b"From ", b">From ")):  # the first line of a mailbox file
                at = stop
                continue
            defects.append("a line among the headers is none: the body begins there")
            return Headers(tuple(found)), at, defects
        stop = _folded_end(raw, stop, end)
        if stop - at > limits.HEADER:
            defects.append(f"the header {name} is too long: its end is not read")
        if len(found) < limits.HEADERS:
            found.append((name, raw[at + raw[at:stop].index(b":") + 1 : min(stop, at + limits.HEADER)].strip()))
        elif len(found) == limits.HEADERS and "too many headers: the last ones are not read" not in defects:
            defects.append("too many headers: the last ones are not read")
        at = stop
    return Headers(tuple(found)), end, defects


def _line_end(raw: bytes, at: int, end: int) -> int:
    found = raw.find(b"\n", at, end)
    return end if found < 0 else found + 1


def _folded_end(raw: bytes, stop: int, end: int) -> int:
    """Where the field ends of which one line ends at `stop`."""
    while stop < end and raw[stop] in b" \t":
        stop = _line_end(raw, stop, end)
    return stop


def _name(line: bytes) -> str | None:
    name, colon, _ = line[:200].partition(b":")
    name = name.rstrip(b" \t")
    if not colon or not name or not _NAME.issuperset(name):
        return None
    return name.decode("ascii").lower()
