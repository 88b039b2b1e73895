"""Header values as people read them: encoded words (RFC 2047), parameters (RFC 2231), raw 8-bit text."""

import binascii
import re
from collections.abc import Iterator, Mapping
from urllib.parse import unquote_to_bytes

from connectors.email.reading.charsets import decode, known_charset
from connectors.email.reading.transfer import base64_bytes

# Every repetition ends at a question mark, so nothing is looked at twice.
_WORD = re.compile(r"=\?([^?\s]{1,80})\?([bBqQ])\?([^?]*)\?=")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+ *")
_SECTION = re.compile(r"^(?P<name>[^*]+)(?:\*(?P<number>\d{1,4}))?(?P<coded>\*)?$")
_SECTIONS = 100  # of one parameter


def one_line(value: str) -> str:
    """Unfolded: without line breaks and other control characters, and without space at its ends."""
    return _CONTROLS.sub(" ", value).strip()


def decoded(value: str) -> str:
    """A header's text with its encoded words read. What is no proper encoded word stays as it is."""
    if "=?" not in value:
        return value
    return "".join(_joined(value))


def _joined(value: str) -> Iterator[str]:
    """Words that follow each other in one charset are joined before they are decoded: many mailers cut characters."""
    end, pending, charset = 0, b"", ""
    for word in _WORD.finditer(value):
        between = value[end : word.start()]
        named = word[1].partition("*")[0].lower()
        content = _content(word[2], word[3], named)
        if content is None:
            continue
        if pending and (between.strip() or named != charset):
            yield decode(pending, charset)[0]
            pending = b""
        if between.strip() or not end:
            yield between
        pending, charset, end = pending + content, named, word.end()
    if pending:
        yield decode(pending, charset)[0]
    yield value[end:]


def _content(encoding: str, coded: str, charset: str) -> bytes | None:
    # Raw letters may stand in a word, against the rules; they were meant in its charset.
    plain = coded.encode("ascii" if coded.isascii() else known_charset(charset) or "utf-8", "replace")
    if encoding in "bB":
        return base64_bytes(plain)[0]
    try:
        return binascii.a2b_qp(plain.replace(b" ", b"_"), header=True)
    except (binascii.Error, ValueError):
        return None


def parameters(value: str) -> tuple[str, Mapping[str, str]]:
    """ "text/plain; charset=utf-8" as ("text/plain", {"charset": "utf-8"}), everything in lower case but the values."""
    first, *rest = _split(one_line(value))
    plain: dict[str, str] = {}
    sections: dict[str, dict[int, tuple[str, bool]]] = {}
    for each in rest:
        name, is_there, given = each.partition("=")
        section = _SECTION.match(name.strip().lower()[:100])
        if not is_there or section is None:
            continue
        if section["number"] is None and section["coded"] is None:
            plain.setdefault(section["name"].strip(), decoded(_unquoted(given)))
        elif len(known := sections.setdefault(section["name"], {})) < _SECTIONS:
            known.setdefault(int(section["number"] or 0), (_unquoted(given), section["coded"] is not None))
    return first.strip().lower(), plain | {name: _assembled(parts) for name, parts in sections.items()}


def _split(value: str) -> list[str]:
    """At the semicolons that stand in no quotes."""
    found, start, at = [], 0, 0
    quoted = False
    while at < len(value):
        mark = value[at]
        if quoted and mark == "\\":
            at += 1
        elif mark == '"':
            quoted = not quoted
        elif mark == ";" and not quoted:
            found.append(value[start:at])
            start = at + 1
        at += 1
    return [*found, value[start:]]


def _unquoted(value: str) -> str:
    plain = value.strip()
    if not plain.startswith('"'):
        return plain
    inner = plain[1:-1] if len(plain) > 1 and plain.endswith('"') else plain[1:]
    return re.sub(r"\\(.)", r"\1", inner)


def _assembled(parts: Mapping[int, tuple[str, bool]]) -> str:
    """The sections of an RFC 2231 parameter, in their order. Those marked so are percent-encoded."""
    charset, content = "", b""
    for number in sorted(parts):
        value, coded = parts[number]
        if coded and number == min(parts) and value.count("'") >= 2:
            charset, _, value = value.split("'", 2)
        content += unquote_to_bytes(value) if coded else value.encode("utf-8", "replace")
    return decode(content, charset or None)[0]
