"""What a brain phrased for a customer says what the saved reply says, or the saved reply is sent itself.

A brain's words are outside input, and may be those of whoever wrote to it. So they give the reply's amounts, numbers,
days and links, all of them and no others; they deny what it denies, name nobody and promise nothing that it does not
speak of; they are about as long; and they are in the customer's language, one that can be looked through.
"""

import re
import unicodedata
from collections.abc import Collection

from ticketing.resolution.named import strangers
from ticketing.resolution.promises import denies, promised
from ticketing.resolution.said import Readings, said
from ticketing.resolution.tongue import is_in

LONGEST = 3000  # characters
MORE = 60  # so many characters beyond half as long again as the saved reply
_OPEN = re.compile(r"\{\{|\}\}|\[[^\]\n]{1,40}\]|<[/!a-z][^>\n]{0,200}>|█", re.IGNORECASE)
_MINUS = re.compile(r"(?<![\w)])[-−–][ ]?(?:[^\w\s]|[a-z]{3} ?)?\d", re.IGNORECASE)
_DOTS = str.maketrans(dict.fromkeys("\u3002\uff0e\uff61\u2024\ufe52", "."))  # what becomes a dot in an address
_MARKS = re.compile(r"(?:[^\W\d_])[\u0300-\u036f]{3,}")


def says_the_same(phrased: str, saved: str, *, language: str, customer: str = "") -> str | None:
    """The phrased words, tidied up, where they say what the saved reply says. None: send the saved reply itself.

    `saved`: with everything filled in. `customer`: their name; `language`: theirs (BCP 47), which the words are in.
    """
    text = tidied(phrased)
    if not text or not len(saved) / 2 - MORE <= len(text) <= min(LONGEST, 1.5 * len(saved) + MORE):
        return None
    if _OPEN.search(text) or not _is_readable(text) or not is_in(text, language):
        return None
    new, old = said(_plain(text)), said(_plain(saved))
    if new.links != old.links or new.days != old.days or (new.loose_money and not old.loose_money):
        return None
    if not _alike(new.numbers, old.numbers) or not _alike_amounts(new.amounts, old.amounts):
        return None
    if promised(text) - promised(saved) or denies(text) != denies(saved):
        return None
    if bool(_MINUS.search(text)) != bool(_MINUS.search(saved)):
        return None
    return None if strangers(text, f"{saved} {customer}") else text


def tidied(text: str) -> str:
    """Without what nobody sees: control characters, directions, zero-width signs. At most one line is left empty."""
    kept = "".join(each for each in text[: 4 * LONGEST] if each == "\n" or unicodedata.category(each)[0] != "C")
    lines = [" ".join(line.split()) for line in unicodedata.normalize("NFC", kept).splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _plain(text: str) -> str:
    """As a phone would read it."""
    return unicodedata.normalize("NFKC", text.translate(_DOTS)).replace("\u2215", "/")


def _is_readable(text: str) -> bool:
    """Latin letters and 0 to 9: what else may mean a number or look like another letter cannot be checked."""
    for each in set(text):
        category = unicodedata.category(each)
        if category[0] == "L" and not unicodedata.name(each, "").startswith("LATIN "):
            return False
        if category[0] == "N" and not each.isascii():
            return False
    return _MARKS.search(unicodedata.normalize("NFD", text)) is None


def _alike(new: Collection[Readings], old: Collection[Readings]) -> bool:
    """Each number of one text is a number of the other."""
    return all(any(a & b for b in old) for a in new) and all(any(a & b for a in new) for b in old)


def _alike_amounts(new: Collection[tuple[Readings, str]], old: Collection[tuple[Readings, str]]) -> bool:
    for currency in {currency for _, currency in (*new, *old)}:
        mine = [number for number, of in new if of == currency]
        theirs = [number for number, of in old if of == currency]
        if not _alike(mine, theirs):
            return False
    return True
