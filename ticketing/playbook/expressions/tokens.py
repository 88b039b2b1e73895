"""The words, signs, numbers and texts of an expression."""

import re
from dataclasses import dataclass

_LARGEST = 2**63 - 1

# Words that CEL keeps for itself: none can be a name, or a field's key.
RESERVED = frozenset(
    (
        "as",
        "break",
        "const",
        "continue",
        "else",
        "false",
        "for",
        "function",
        "if",
        "import",
        "in",
        "let",
        "loop",
        "namespace",
        "null",
        "package",
        "return",
        "true",
        "var",
        "void",
        "while",
    )
)


class Unreadable(Exception):
    """It is no expression, or none of the part that may be used. `at`: the character, from 0."""

    def __init__(self, message: str, at: int, hint: str = "") -> None:
        super().__init__(message)
        self.message, self.at, self.hint = message, at, hint


@dataclass(frozen=True, slots=True)
class Token:
    kind: str  # number | text | word | sign | end
    text: str
    at: int


_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<number>0[xX][0-9a-fA-F]+[uU]?|[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?[uU]?)
    |(?P<text>[rRbB]{0,2}(?:\"\"\"|'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'))
    |(?P<word>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<sign>&&|\|\||==|!=|<=|>=|[-+*/%<>!?:.,()\[\]{}=&|])""",
    re.VERBOSE,
)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", "'": "'", '"': '"', "`": "`", "?": "?"}


def tokens(source: str) -> list[Token]:
    found: list[Token] = []
    at = 0
    while at < len(source):
        match = _TOKEN.match(source, at)
        if match is None:
            raise _stray(source, at)
        kind = match.lastgroup or ""
        if kind != "space":
            found.append(Token(kind, match[0], at))
        at = match.end()
    return [*found, Token("end", "", len(source.rstrip()))]


def _stray(source: str, at: int) -> Unreadable:
    sign = source[at]
    if sign in "\"'":
        return Unreadable("A text is not closed", at, f"End it with {sign} on the same line.")
    if sign in "“”‘’„":
        return Unreadable("Typographic quotes are no quotes here", at, "Write \" or '.")
    return Unreadable(f"{sign!r} means nothing here", at, "Texts stand in quotes.")


def number_of(token: Token) -> int | float:
    text = token.text
    if text[-1] in "uU":
        raise Unreadable(f"{text} is not expected here", token.at, f"Write {text[:-1]}.")
    if not text.isdigit():
        try:
            return float(text)
        except ValueError:
            raise Unreadable(f"{text} is not expected here", token.at, f"Write {int(text, 16)}.") from None
    if int(text) > _LARGEST:
        raise Unreadable("The number is too large", token.at, f"{_LARGEST} is the largest.")
    return int(text)


def text_of(token: Token) -> str:
    start = re.match(r"[rRbB]*", token.text)
    prefix = start[0] if start else ""
    body = token.text[len(prefix) :]
    if prefix.lower() not in ("", "r") or body in ('"""', "'''"):
        raise Unreadable("This kind of text is not used in conditions", token.at, "Write \"…\" or '…'.")
    body = body[1:-1]
    return body if prefix else re.sub(r"\\(.)", lambda escape: _escaped(escape[1], token), body)


def _escaped(sign: str, token: Token) -> str:
    if sign not in _ESCAPES:
        raise Unreadable(f"\\{sign} is no escape", token.at, f"Write \\\\{sign}, or begin the text with r: r'…'.")
    return _ESCAPES[sign]
