"""The words of a reply as a page of HTML that every mailer shows: paragraphs, lists, quotes, links. Pure.

One source serves both forms of a mail: the plain form is the text as it was typed. Everything is escaped, nothing is
loaded from anywhere, and styles stand on the elements, because many mailers throw style sheets away.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from html import escape
from itertools import groupby

from connectors.email.quoting.marks import REPLY_ABOVE
from connectors.marks import rendered
from core.messages import Button

_CODE = re.compile(r"```[\s\S]+?```")
_BULLET = re.compile(r"([ \t]{0,12})[•‣▪*-][ \t]+(?=\S)")
_NUMBER = re.compile(r"[ \t]{0,12}(\d{1,3})\.[ \t]+(?=\S)")
_ADDRESS = re.compile(r"(https?://\S+)")
_QUOTE = re.compile(r"> ?")
_INDENT = re.compile(r"^[ \t]{1,40}", re.M)
# What ends a sentence is not part of the address before it.
_AFTER_ADDRESS = ".,;:!?)]}>'\"*_~»”’"

_BODY = "margin:0;font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;font-size:15px;line-height:1.5"
_SMALL = "margin:0 0 16px;font-size:11px;color:#8a8a8a"
_PARAGRAPH = "margin:0 0 12px"
_LIST = "margin:0 0 12px;padding-left:32px"
_QUOTED = "margin:0 0 12px;padding-left:12px;border-left:3px solid #cccccc;color:#555555"
_PRE = "margin:0 0 12px;padding:8px;background:#f4f4f4;font-family:Consolas,Menlo,monospace;white-space:pre-wrap"
_BUTTON = (
    "display:inline-block;margin:4px 8px 4px 0;padding:9px 16px;border-radius:6px;background:#1f3a5f;color:#ffffff;"
    "font-weight:600;text-decoration:none;white-space:nowrap"
)
_SIGNATURE = "margin:16px 0 0;color:#6b6b6b"


def page(text: str, *, buttons: Sequence[Button] = (), signature: str = "", answers: bool = True) -> str:
    """`text` with the line above which `answers` are written, the links that look like buttons, and the desk's
    signature, which is plain text.
    """
    above = [f'<p style="{_SMALL}">{_words(REPLY_ABOVE)}</p>'] if answers else []
    parts = [*above, *_blocks(text)]
    if buttons:
        parts.append(f'<p style="{_PARAGRAPH}">{"".join(_button(each) for each in buttons)}</p>')
    if signature:
        parts.append(f'<p dir="auto" style="{_SIGNATURE}">{_unmarked(signature)}</p>')
    inner = "\n".join(parts)
    return (
        f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"></head>\n<body style="{_BODY}">\n{inner}\n</body></html>\n'
    )


def _button(button: Button) -> str:
    return f'<a href="{_words(button.url or "")}" style="{_BUTTON}">{_words(button.label)}</a>\n'


def _blocks(text: str) -> Iterator[str]:
    end = 0
    for code in _CODE.finditer(text):
        yield from _plain_blocks(text[end : code.start()])
        yield f'<pre style="{_PRE}">{_words(code[0][3:-3].strip(chr(10)))}</pre>'
        end = code.end()
    yield from _plain_blocks(text[end:])


def _plain_blocks(text: str) -> Iterator[str]:
    for kind, group in groupby(text.split("\n"), key=_kind):
        if kind is not None:
            yield kind(list(group))


def _kind(line: str) -> Callable[[Sequence[str]], str] | None:
    """What the line is part of; None: an empty line, which ends what stands before it."""
    if not line.strip():
        return None
    if _BULLET.match(line):
        return _bullets
    if _NUMBER.match(line):
        return _numbers
    return _quote if line.startswith(">") else _paragraph


def _paragraph(lines: Sequence[str]) -> str:
    return f'<p dir="auto" style="{_PARAGRAPH}">{_inline(lines)}</p>'


def _quote(lines: Sequence[str]) -> str:
    inner = _inline([_QUOTE.sub("", line, count=1) for line in lines])
    return f'<blockquote dir="auto" style="{_QUOTED}">{inner}</blockquote>'


def _bullets(lines: Sequence[str]) -> str:
    items = []
    for line in lines:
        found = _BULLET.match(line)
        deeper = ' style="margin-left:24px"' if found and len(found[1].expandtabs(4)) > 1 else ""
        items.append(f'<li dir="auto"{deeper}>{_inline([_BULLET.sub("", line, count=1)])}</li>')
    return f'<ul style="{_LIST}">{"".join(items)}</ul>'


def _numbers(lines: Sequence[str]) -> str:
    """Numbered as they were typed."""
    items = []
    for line in lines:
        found = _NUMBER.match(line)
        number = int(found[1]) if found else 1
        items.append(f'<li dir="auto" value="{number}">{_inline([_NUMBER.sub("", line, count=1)])}</li>')
    return f'<ol style="{_LIST}">{"".join(items)}</ol>'


def _inline(lines: Sequence[str]) -> str:
    markup = rendered(
        "\n".join(lines), words=_words, marked=lambda tag, inner: f"<{tag}>{inner}</{tag}>", address=_link
    )
    return _lines(markup)


def _unmarked(text: str) -> str:
    """Text of the desk's own: addresses are links, and nothing else is a mark."""
    pieces = _ADDRESS.split(text)
    return _lines("".join(_link(piece) if place % 2 else _words(piece) for place, piece in enumerate(pieces)))


def _link(address: str) -> str:
    bare = address.rstrip(_AFTER_ADDRESS)
    if "//" not in bare[:-1]:
        return _words(address)
    return f'<a href="{_words(bare)}">{_words(bare)}</a>{_words(address[len(bare) :])}'


def _words(text: str) -> str:
    return escape(text, quote=True)


def _lines(markup: str) -> str:
    """Lines and what they are indented by stay: HTML would run them together."""
    indented = _INDENT.sub(lambda found: "&nbsp;" * len(found[0].expandtabs(4)), markup)
    return indented.replace("\n", "<br>\n")
