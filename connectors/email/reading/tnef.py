"""winmail.dat: the container in which Exchange wraps files and sometimes the text (MS-OXTNEF).

A reader of our own, because a mail must not be able to stall a worker: each byte is looked at once, every length
is held against what is there, and what makes no sense ends the reading with what was found so far.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from connectors.email import limits
from connectors.email.reading.charsets import decode

_SIGNATURE = 0x223E9F78
_CODEPAGE, _BODY, _PROPERTIES = 0x9007, 0x800C, 0x9003
_NEW_FILE, _TITLE, _DATA, _FILE_PROPERTIES = 0x9002, 0x8010, 0x800F, 0x9005
# MAPI properties: body, HTML, and of a file its long name, type, content id, data.
_P_BODY, _P_HTML = 0x1000, 0x1013
_P_NAME, _P_TYPE, _P_CONTENT_ID, _P_DATA = 0x3707, 0x370E, 0x3712, 0x3701
_FIXED = {0x0002: 4, 0x0003: 4, 0x0004: 4, 0x0005: 8, 0x0006: 8, 0x0007: 8, 0x000A: 4, 0x000B: 4, 0x0014: 8, 0x0040: 8}
_FIXED |= {0x0048: 16, 0x0001: 0}
_TEXT, _WIDE, _BINARY, _OBJECT = 0x001E, 0x001F, 0x0102, 0x000D
_MANY = 0x1000
_MOST_PROPERTIES = 2000


@dataclass(slots=True)
class TnefFile:
    """A file in the container."""

    name: str | None = None
    content_type: str | None = None
    content_id: str | None = None
    content: bytes = field(default=b"", repr=False)


@dataclass(slots=True)
class Tnef:
    """What the container holds. `text` and `html` are "" where it has none."""

    text: str = ""
    html: str = ""
    files: list[TnefFile] = field(default_factory=list)


def is_tnef(content: bytes) -> bool:
    """Whether it begins like one."""
    return len(content) >= 6 and struct.unpack_from("<I", content)[0] == _SIGNATURE


def tnef(content: bytes) -> Tnef:
    """What can be read of it. Raises nothing on any bytes."""
    found, codepage = Tnef(), "cp1252"
    try:
        for attribute, data in _attributes(content[: limits.TNEF]):
            if attribute == _CODEPAGE and len(data) >= 4:
                codepage = f"cp{struct.unpack_from('<I', data)[0]}"
            elif attribute == _NEW_FILE:
                if len(found.files) >= limits.TNEF_FILES:
                    break
                found.files.append(TnefFile())
            else:
                _read(found, attribute, data, codepage)
    except (struct.error, IndexError, ValueError, OverflowError):
        pass
    found.files = [each for each in found.files if each.content]
    return found


def _attributes(content: bytes) -> Iterator[tuple[int, bytes]]:
    if not is_tnef(content):
        return
    at = 6
    while at + 9 <= len(content):
        _, attribute, _, length = struct.unpack_from("<BHHI", content, at)
        at += 9
        if length > len(content) - at:
            return
        yield attribute, content[at : at + length]
        at += length + 2  # a checksum follows


def _read(found: Tnef, attribute: int, data: bytes, codepage: str) -> None:
    if attribute == _BODY:
        found.text = _words(data, codepage)
    elif attribute == _PROPERTIES:
        for name, kind, value in _properties(data):
            if name == _P_HTML and kind == _BINARY:
                found.html = decode(value, codepage)[0]
            elif name == _P_BODY and not found.text:
                found.text = _string(kind, value, codepage)
    elif found.files:
        _read_file(found.files[-1], attribute, data, codepage)


def _read_file(file: TnefFile, attribute: int, data: bytes, codepage: str) -> None:
    if attribute == _DATA:
        file.content = data
    elif attribute == _TITLE:
        file.name = file.name or _words(data, codepage)
    elif attribute == _FILE_PROPERTIES:
        for name, kind, value in _properties(data):
            if name == _P_NAME:
                file.name = _string(kind, value, codepage) or file.name
            elif name == _P_TYPE:
                file.content_type = _string(kind, value, codepage) or None
            elif name == _P_CONTENT_ID:
                file.content_id = _string(kind, value, codepage).strip("<>") or None
            elif name == _P_DATA and not file.content:
                file.content = value[16:] if kind == _OBJECT else value  # an object begins with its interface's id


def _properties(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Each property's name, type and value; of several values the first."""
    at = 4
    for _ in range(min(struct.unpack_from("<I", data)[0], _MOST_PROPERTIES)):
        kind, name = struct.unpack_from("<HH", data, at)
        at += 4
        if name >= 0x8000:
            at = _after_name(data, at)
        many, kind = kind & _MANY, kind & ~_MANY
        counted = many or kind in {_TEXT, _WIDE, _BINARY, _OBJECT}
        count = struct.unpack_from("<I", data, at)[0] if counted else 1
        at += 4 if counted else 0
        first = None
        for _ in range(min(count, _MOST_PROPERTIES)):
            value, at = _value(data, at, kind)
            first = value if first is None else first
        if first is not None and name < 0x8000:
            yield name, kind, first


def _after_name(data: bytes, at: int) -> int:
    """Behind the name of a named property: a GUID, and a number or a text."""
    at += 16
    is_text = struct.unpack_from("<I", data, at)[0] == 1
    at += 4
    if not is_text:
        return at + 4
    return at + 4 + _padded(struct.unpack_from("<I", data, at)[0])


def _value(data: bytes, at: int, kind: int) -> tuple[bytes, int]:
    if kind in _FIXED:
        size = _FIXED[kind]
        return data[at : at + size], at + size
    size = struct.unpack_from("<I", data, at)[0]
    at += 4
    if size > len(data) - at:
        raise ValueError
    return data[at : at + size], at + _padded(size)


def _padded(size: int) -> int:
    return (size + 3) // 4 * 4


def _string(kind: int, value: bytes, codepage: str) -> str:
    return _words(value, "utf-16-le" if kind == _WIDE else codepage)


def _words(value: bytes, codepage: str) -> str:
    return decode(value, codepage)[0].rstrip("\0\ufffd")
