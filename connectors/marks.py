"""The marks that people write (*bold*, _italic_, ~struck~, `code`), found in a text once for all channels. Pure.

They are those of WhatsApp, so that an agent writes the same on every channel.
"""

import re
from collections.abc import Callable

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


def rendered(
    text: str,
    *,
    words: Callable[[str], str],
    marked: Callable[[str, str], str],
    address: Callable[[str], str] | None = None,
) -> str:
    """The text with what each of these makes of its pieces.

    `words` gets what is plain; `marked` a tag of HTML (pre, code, b, i, s) and what is within, rendered; `address` an
    http(s) address, which is plain where it is None. Nothing is a mark within code; elsewhere marks may stand within
    one another.
    """
    parts, end = [], 0
    for match in _MARKED.finditer(text):
        tag = match.lastgroup or ""
        inner = match[tag]
        if tag == "address":
            piece = (address or words)(inner)
        elif not inner.strip():
            piece = words(match[0])
        elif tag in ("pre", "code"):
            piece = marked(tag, words(inner))
        else:
            piece = marked(tag, rendered(inner, words=words, marked=marked, address=address))
        parts += [words(text[end : match.start()]), piece]
        end = match.end()
    return "".join([*parts, words(text[end:])])
