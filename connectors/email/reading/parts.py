"""The tree of a mail's parts, cut out of its bytes without copying them: offsets into one buffer, one search a level.

Whatever does not keep to the rules still ends up somewhere: a multipart without parts is text, what is nested too
deeply or comes after too many others is one file.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from connectors.email import limits
from connectors.email.reading.headers import Headers, headers
from connectors.email.reading.transfer import undone
from connectors.email.reading.words import parameters

_LONGEST_BOUNDARY = 200  # RFC 2046 allows 70
_LONGEST_TYPE = 100


@dataclass(frozen=True, slots=True)
class Part:
    """One part. A container has `parts`; of any other `content` gives the bytes."""

    headers: Headers
    kind: str  # its media type: "text/plain"
    parameters: Mapping[str, str]
    disposition: str  # "attachment", "inline" or ""
    name: str | None  # that its sender gave to it
    parts: tuple["Part", ...] = ()
    raw: bytes = field(default=b"", repr=False)
    start: int = 0
    end: int = 0

    @property
    def encoded(self) -> bytes:
        """Its body as it came."""
        return self.raw[self.start : self.end]

    @property
    def is_container(self) -> bool:
        """A multipart in which parts were found."""
        return bool(self.parts)

    def content(self) -> tuple[bytes, str | None]:
        """Its body, and what was wrong with it in words (None: nothing)."""
        return undone(self.encoded, self.headers.raw("content-transfer-encoding"))

    def walk(self) -> Iterator["Part"]:
        """Itself and everything below, in the order of the mail."""
        yield self
        for part in self.parts:
            yield from part.walk()  # as deep as limits.DEPTH


@dataclass(slots=True)
class _Budget:
    parts: int = limits.PARTS
    defects: list[str] = field(default_factory=list)

    def note(self, defect: str) -> None:
        if len(self.defects) < 50 and defect not in self.defects:
            self.defects.append(defect)


def parts(raw: bytes) -> tuple[Part, list[str]]:
    """The mail as a part with all its parts, and what was wrong with it in words. Raises nothing on any bytes."""
    budget = _Budget()
    if len(raw) > limits.RAW:
        budget.note("the mail is too large: its end is not read")
        raw = raw[: limits.RAW]
    if b"\n" not in raw:
        raw = raw.replace(b"\r", b"\n")
    start = 3 if raw.startswith(b"\xef\xbb\xbf") else 0
    while raw[start : start + 1] in (b"\r", b"\n"):
        start += 1
    return _part(raw, start, len(raw), depth=0, otherwise="text/plain", budget=budget), budget.defects


def _part(raw: bytes, start: int, end: int, *, depth: int, otherwise: str, budget: _Budget) -> Part:
    budget.parts -= 1
    found, body, defects = headers(raw, start, end)
    for defect in defects:
        budget.note(defect)
    kind, given = _type(found, otherwise)
    below: tuple[Part, ...] = ()
    if kind.startswith("multipart/"):
        below = _below(raw, body, end, kind, given.get("boundary", ""), depth=depth, budget=budget)
        if not below:
            budget.note(f"a {kind} has no parts: it is taken as it is")
            kind = "text/plain" if depth < limits.DEPTH else "application/octet-stream"
    disposition, more = parameters(found.raw("content-disposition"))
    name = more.get("filename") or given.get("name") or None
    plain = disposition if disposition in {"attachment", "inline"} else ("attachment" if disposition else "")
    return Part(found, kind, given, plain, name[: limits.NAME * 5] if name else None, below, raw, body, end)


def _type(found: Headers, otherwise: str) -> tuple[str, Mapping[str, str]]:
    """A type that makes no sense is plain text, as RFC 2045 wants it."""
    if not (value := found.raw("content-type")):
        return otherwise, {}
    kind, given = parameters(value)
    family, slash, subtype = kind.partition("/")
    if kind == "text":
        return "text/plain", given
    if not slash or not family or not subtype or len(kind) > _LONGEST_TYPE or not kind.isprintable() or " " in kind:
        return otherwise, given
    return kind, given


def _below(
    raw: bytes, start: int, end: int, kind: str, boundary: str, *, depth: int, budget: _Budget
) -> tuple[Part, ...]:
    mark = boundary.rstrip().encode("utf-8", "replace")
    if not mark or len(mark) > _LONGEST_BOUNDARY or depth >= limits.DEPTH:
        if depth >= limits.DEPTH:
            budget.note("parts are nested too deeply: the innermost are one file")
        return ()
    otherwise = "message/rfc822" if kind == "multipart/digest" else "text/plain"
    found = []
    for first, last in _stretches(raw, start, end, mark, budget):
        if budget.parts <= 0:
            budget.note("the mail has too many parts: the last ones are not read")
            break
        found.append(_part(raw, first, last, depth=depth + 1, otherwise=otherwise, budget=budget))
    return tuple(found)


def _stretches(raw: bytes, start: int, end: int, mark: bytes, budget: _Budget) -> Iterator[tuple[int, int]]:
    """From where to where each part reaches, the line break before the next boundary left out."""
    opened: int | None = None
    for line, following, closes in _boundaries(raw, start, end, b"--" + mark):
        if opened is not None:
            yield opened, max(opened, _before_break(raw, line))
        opened = None if closes else following
        if closes:
            return
    if opened is not None:
        budget.note("a multipart does not end")
        if opened < end:
            yield opened, end


def _boundaries(raw: bytes, start: int, end: int, mark: bytes) -> Iterator[tuple[int, int, bool]]:
    """Each boundary line: where it starts, where the next line starts, and whether it is the last one."""
    at = start
    while (found := raw.find(mark, at, end)) >= 0:
        at = found + len(mark)
        if found != start and raw[found - 1] not in b"\r\n":
            continue
        stop = raw.find(b"\n", at, end)
        stop = end if stop < 0 else stop + 1
        rest = raw[at : min(stop, at + 100)].strip()
        if rest in (b"", b"--"):
            yield found, stop, rest == b"--"
            at = stop


def _before_break(raw: bytes, at: int) -> int:
    if raw[at - 2 : at] == b"\r\n":
        return at - 2
    return at - 1 if raw[at - 1 : at] in (b"\n", b"\r") else at
