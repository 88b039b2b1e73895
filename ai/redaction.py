"""Card numbers and obvious secrets, masked before a text leaves the house (SPEC 7.8). Knows no provider.

Each masked character becomes one MASK, so that every place in the redacted text is the same place in the original.
It finds what has a form: card numbers that pass their check digit, keys with known beginnings, what follows "password
is" or "cvv". A secret without a form ("my first dog was Rex") is not found.
"""

import re
from collections.abc import Iterator

MASK = "█"

_CARD_LENGTHS = range(14, 20)  # those of 13 digits are no longer issued, and telephone numbers have as many
_CARD_FIRST = range(2, 7)  # every card network's numbers begin with one of these
_BETWEEN = re.compile(r"[ \t.\-_/\u00a0\u2010-\u2015]{0,3}")  # what people write between groups of digits
_DIGITS = re.compile(r"\d{1,40}")
_MOST_GROUPS = 19
_DOUBLED = {str(digit): digit * 2 - 9 * (digit > 4) for digit in range(10)}  # the sum of the digits of its double
_SECRETS = (
    re.compile(r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[\s\S]{0,8000}?(?:-----END [A-Z ]{0,30}PRIVATE KEY-----|\Z)"),
    re.compile(r"\beyJ[\w-]{10,400}\.[\w-]{5,4000}\.[\w-]{5,2000}"),  # a JSON Web Token
    re.compile(
        r"\b(?:sk|pk|rk)[-_](?:live|test|ant|proj)?[-_]?[\w-]{16,200}|\bxox[abeoprs]-[\w-]{10,200}|\bgh[opsu]_\w{20,200}"
        r"|\bgithub_pat_\w{20,200}|\bAKIA[0-9A-Z]{16}\b|\bAIza[\w-]{35}\b|\bSK[0-9a-f]{32}\b"
    ),
    re.compile(r"(?<=://)[^\s/:@]{1,100}:[^\s/@]{1,200}(?=@)"),  # https://name:secret@host
    re.compile(r"(?<=\bBearer )[\w.~+/-]{12,2000}=*", re.IGNORECASE),
)
_NAMED = re.compile(
    r"\b(?:password|passwort|passwd|pwd|passcode|contraseña|mot de passe|senha|pin(?:\s?code)?|cvv2?|cvc2?|"
    r"security code|api[ _-]?key|secret(?:[ _-]?key)?|access[ _-]?token)\b"
    r"(?:\s{0,3}[:=]\s{0,3}|\s{1,3}(?P<is>is|was|ist|war|es|era|est|é)\s{1,3}[:=]?\s{0,3})"
    r"[\"'“”‘’«]?(?P<secret>[^\s\"'“”‘’»,;]{2,200})",
    re.IGNORECASE,
)
_CODE = re.compile(r"\b(?:cvv2?|cvc2?|pin|security code)\s{1,3}(?P<secret>\d{3,6})\b", re.IGNORECASE)
# "My password is not working" names no secret.
_NO_SECRETS = (
    "not no never wrong incorrect invalid broken correct right being still always also expired locked blocked lost "
    "forgotten gone the a an too so only required needed rejected refused changed reset working nicht falsch weg "
    "incorrecta incorrecto mala pas fausse incorrect não errada incorreta"
)
_NO_SECRET = frozenset(_NO_SECRETS.split())


def redact(text: str) -> str:
    """As long as `text`, with MASK for every character that must not leave. Never raises; linear in the length."""
    masked = list(text)
    for start, end in _found(text):
        masked[start:end] = MASK * (end - start)
    return "".join(masked)


def _found(text: str) -> Iterator[tuple[int, int]]:
    yield from _cards(text)
    for pattern in _SECRETS:
        for match in pattern.finditer(text):
            yield match.span()
    for pattern in (_NAMED, _CODE):
        for match in pattern.finditer(text):
            said = match.groupdict().get("is") is not None
            if not said or match["secret"].casefold().rstrip(".!?") not in _NO_SECRET:
                yield match.span("secret")


def _cards(text: str) -> Iterator[tuple[int, int]]:
    """Groups of digits, with at most a little between them, that together are a card number."""
    groups = [match.span() for match in _DIGITS.finditer(text)]
    for first, (start, _) in enumerate(groups):
        if int(text[start]) not in _CARD_FIRST or text[start - 1 : start] == "+":  # +49…: a telephone number
            continue
        digits = ""
        for number, (begin, end) in enumerate(groups[first : first + _MOST_GROUPS], start=first):
            if number > first and not _BETWEEN.fullmatch(text, groups[number - 1][1], begin):
                break
            digits += text[begin:end] if text.isascii() else "".join(str(int(each)) for each in text[begin:end])
            if len(digits) > _CARD_LENGTHS[-1]:
                break
            if len(digits) in _CARD_LENGTHS and _passes_luhn(digits):
                yield start, end


def _passes_luhn(digits: str) -> bool:
    """The check digit of card numbers (ISO/IEC 7812)."""
    return (sum(map(int, digits[::-2])) + sum(map(_DOUBLED.__getitem__, digits[-2::-2]))) % 10 == 0
