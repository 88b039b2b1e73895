"""The record of changes as a file of JSON lines: a header, then what an audit takes in, then an end.

A line is an object with one member that says what it is: audit (the header), checkpoint, stream, covered, record, end.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from ticketing.activity.chain import Head
from ticketing.activity.checkpoint import Checkpoint, Covered
from ticketing.activity.findings import Opened, Part
from ticketing.activity.record import Entry, Stream

FORMAT = 1
_JSON = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False)
_PART = (
    "This is a part of the record: whole streams, up to when it was exported. It can prove that these records are "
    "unaltered up to the last checkpoint that saw each stream. It cannot prove that there are no other streams, "
    "that nothing came after, nor that the checkpoints are all there are."
)
_WHOLE = "This is the whole record up to when it was exported. It cannot prove that nothing came after."


@dataclass(frozen=True, slots=True)
class Header:
    """`part_of`: which streams there are, None for all of them. `key`: the public key of who exported it, hex."""

    exported_at: datetime
    key: str
    part_of: Mapping[str, str | int] | None = None

    @property
    def proves(self) -> str:
        return _WHOLE if self.part_of is None else _PART


@dataclass(frozen=True, slots=True)
class End:
    """How many lines of each kind there were."""

    checkpoints: int
    streams: int
    covered: int
    records: int


class BadLine(ValueError):
    """A line is not what we write. The words are for people."""


def header_line(header: Header) -> str:
    return _line(
        "audit",
        {
            "format": FORMAT,
            "exported_at": _instant(header.exported_at),
            "key": header.key,
            "complete": header.part_of is None,
            "part_of": header.part_of,
            "proves": header.proves,
        },
    )


def part_line(part: Part) -> str:
    if isinstance(part, Entry):
        return _line("record", {name: getattr(part, name) for name in _RECORD} | _written(part))
    if isinstance(part, Covered):
        head = [part.head.seq, part.head.hash]
        return _line("covered", {"number": part.number, "place": part.place, "head": head, "path": part.path or ()})
    if isinstance(part, Opened):
        last = [part.head.seq, part.head.hash] if part.head else None
        stream = [part.stream.kind, str(part.stream.id)]
        return _line("stream", {"stream": stream, "head": last, "ticket": part.ticket})
    return _line("checkpoint", asdict(part) | {"at": _instant(part.at)})


def end_line(end: End) -> str:
    return _line("end", asdict(end))


class Reader:
    """Turns lines back into what they were. It remembers the stream that it is in."""

    def __init__(self) -> None:
        self._stream: Stream | None = None

    def read(self, line: str | bytes) -> Header | Part | End:
        """Raises BadLine."""
        try:
            ((what, content),) = json.loads(line).items()
            return self._read(what, content)
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError) as error:
            raise BadLine(str(error) or type(error).__name__) from error

    def _read(self, what: str, content: Mapping[str, Any]) -> Header | Part | End:
        match what:
            case "record" if self._stream is not None:
                return _entry(self._stream, content)
            case "covered":
                place, path = _number(content["place"]), tuple(map(_word, content["path"]))
                return Covered(_number(content["number"]), place, _head(content["head"]), path)
            case "stream":
                kind, id_ = content["stream"]
                self._stream = Stream(_word(kind), UUID(id_))
                ticket = None if content["ticket"] is None else _number(content["ticket"])
                return Opened(self._stream, None if content["head"] is None else _head(content["head"]), ticket)
            case "checkpoint":
                read: dict[str, Any] = {name: _number(content[name]) for name in _NUMBERS}
                read |= {each.name: _word(content[each.name]) for each in fields(Checkpoint) if each.name not in read}
                return Checkpoint(**read | {"at": _read_instant(content["at"])})
            case "audit":
                if content["format"] != FORMAT:
                    raise ValueError(f"its format is {content['format']}, this version reads {FORMAT}")
                return Header(_read_instant(content["exported_at"]), _word(content["key"]), content["part_of"])
            case "end":
                return End(**content)
        raise ValueError(f"“{what}” stands where it does not belong")


_RECORD = ("seq", "kind", "actor_kind", "actor_name", "previous", "hash")
_NUMBERS = ("number", "size", "streams", "records", "left_out")


def _written(entry: Entry) -> dict[str, Any]:
    return {
        "actor_id": str(entry.actor_id) if entry.actor_id else None,
        "at": _instant(entry.at),
        "before": entry.before,  # as they stand, whatever somebody made of them
        "after": entry.after,
    }


def _entry(stream: Stream, content: Mapping[str, Any]) -> Entry:
    return Entry(
        stream,
        actor_id=UUID(content["actor_id"]) if content["actor_id"] else None,
        at=_read_instant(content["at"]),
        before=content["before"],
        after=content["after"],
        seq=_number(content["seq"]),
        **{name: _word(content[name]) for name in _RECORD if name != "seq"},
    )


def _head(content: Any) -> Head:
    seq, hash_ = content
    return Head(_number(seq), _word(hash_))


def _number(value: Any) -> int:
    if not isinstance(value, int):
        raise TypeError(f"{value!r} is no whole number")
    return value


def _word(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _line(what: str, content: Mapping[str, Any]) -> str:
    return _JSON.encode({what: content}) + "\n"


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _read_instant(words: str) -> datetime:
    at = datetime.fromisoformat(words)
    if at.tzinfo is None:
        raise ValueError(f"{words} has no time zone")
    return at
