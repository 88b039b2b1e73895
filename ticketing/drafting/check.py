"""A draft is untrusted input, whichever brain it came from: what it says must not be made up where that would hurt.

It is looked at for what a hurried reader overlooks: links, addresses and long numbers that nobody named, places left
open, and marks of what was kept from the model. Whether it is true and kind is for who sends it.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from core.errors import Untrusted
from ticketing.drafting.draft import LONGEST, Brief, Drafted

MASK = "█"  # stands for a secret that a model was not shown
# Whatever a phone would make a link of: with a scheme, or a name with a dot that ends in letters.
_LINK = re.compile(
    r"[a-z][a-z0-9+.-]{1,20}://[^\s<>\"']{1,300}|(?:[\w-]{1,63}\.){1,8}[a-z]{2,24}\b[^\s<>\"']{0,300}", re.IGNORECASE
)
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w.-]{1,200}")
_NUMBER = re.compile(r"\d(?:[ .\-/()]?\d){4,40}")
_OPEN = re.compile(r"\{\{|\}\}|\[[^\]\n]{1,40}\]|<[a-z][^>\n]{0,40}>", re.IGNORECASE)
_NO_DIGIT = re.compile(r"\D")


class DraftUnusable(Untrusted):
    """The suggestion breaks the contract. There is none, then."""


def checked(drafted: Drafted, brief: Brief) -> Drafted:
    """The draft, without blanks around it. Raises DraftUnusable, naming the first thing that is wrong with it."""
    text = drafted.text.strip()
    if not text:
        raise DraftUnusable("The AI suggested nothing.")
    if len(text) > LONGEST:
        raise DraftUnusable(f"What the AI suggested is longer than the {LONGEST:,} characters of a reply.")
    if "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise DraftUnusable("What the AI suggested holds characters that are none.")
    if MASK in text:
        raise DraftUnusable("What the AI suggested has a gap where something secret stood.")
    for what, made_up in _made_up(text, "\n".join(brief.said())):
        raise DraftUnusable(f"The AI suggested {what} that stands nowhere on this ticket: {made_up[:80]}")
    return replace(drafted, text=text)


def _made_up(text: str, known: str) -> Iterator[tuple[str, str]]:
    folded, digits = known.casefold(), _NO_DIGIT.sub("", known)
    for what, pattern in (("an address", _ADDRESS), ("a link", _LINK), ("a place to fill in", _OPEN)):
        for match in pattern.finditer(text):
            if match[0].rstrip(".,;:!?)").casefold() not in folded:
                yield what, match[0]
    for match in _NUMBER.finditer(text):
        if _NO_DIGIT.sub("", match[0]) not in digits:
            yield "a number", match[0]
