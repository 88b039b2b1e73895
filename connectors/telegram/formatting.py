"""The marks that people write (*bold*, _italic_, ~struck~, `code`) as Telegram's HTML, and lengths as it counts them.

Pure. The marks are those of WhatsApp, so that an agent writes the same on every channel.
"""

import re
from html import escape

# A mark counts at the edge of words only: 2*3*4, snake_case_names and a lone * stay what they are. Each alternative
# looks no further than its own next mark, so that no text takes long.
_MARKED = re.compile(
    r"```(?P<pre>[\s\S]+?)```"
    r"|(?P<address>https?://\S+)"
    r"|(?<![\w`])`(?P<code>[^`\n]+)`(?![\w`])"
    r"|(?<![\w*])\*(?P<b>[^\s*](?:[^*\n]*[^\s*])?)\*(?![\w*])"
    r"|(?<!\w)_(?P<i>[^\s_](?:[^_\n]*[^\s_])?)_(?!\w)"
    r"|(?<![\w~])~(?P<s>[^\s~](?:[^~\n]*[^\s~])?)~(?![\w~])"
)


def html(text: str) -> str:
    """The text as Telegram's HTML."""
    return _written(text, as_html=True)


def plain(text: str) -> str:
    """The text as it is read: without the marks."""
    return _written(text, as_html=False)


def length(text: str) -> int:
    """As Telegram counts: UTF-16 units of what is read, the marks not among them."""
    return len(plain(text).encode("utf-16-le", "surrogatepass")) // 2


def _written(text: str, *, as_html: bool) -> str:
    parts, end = [], 0
    for match in _MARKED.finditer(text):
        parts += [_escaped(text[end : match.start()], as_html), _marked(match, as_html)]
        end = match.end()
    return "".join([*parts, _escaped(text[end:], as_html)])


def _marked(match: re.Match[str], as_html: bool) -> str:
    tag = match.lastgroup or ""
    inner = match[tag]
    if tag == "address" or not inner.strip():
        return _escaped(match[0], as_html)
    # Nothing is a mark within code; elsewhere marks may stand within one another.
    inner = _escaped(inner, as_html) if tag in ("pre", "code") else _written(inner, as_html=as_html)
    return f"<{tag}>{inner}</{tag}>" if as_html else inner


def _escaped(text: str, as_html: bool) -> str:
    return escape(text, quote=False) if as_html else text
