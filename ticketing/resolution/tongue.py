"""Which language a text is in that a customer is to be told: pure, and only of those whose words are known here."""

import re
from collections.abc import Mapping

from core.ordinary_words import ORDINARY

_WORD = re.compile(r"[^\W\d_]+")
_SENTENCE = re.compile(r"(?<=[.!?;…])\s+|\n+")
_PLACE = re.compile(r"\{\{[^{}]*\}\}|https?://\S+")
_LONG = 5  # words of a sentence, of which one at least is ordinary
# Of a desk's own: customers write others.
_DESKS = {
    "en": "we our your us as by so if all they their",
    "de": "am wir unser unsere sie ihnen ihre ihr ihren ihrem dieser diese sind haben wird wurde wurden werden dass an "
    "um aus über bis dafür damit",
    "fr": "nous notre nos votre vos avons avez à au aux sera par ce cette",
    "es": "nosotros su sus hemos al le les del nos ya",
    "pt": "nós sua seu seus suas ao aos foi nos já nosso nossa",
    "it": "noi suo sua suoi abbiamo al alla le ci i si nostro",
    "nl": "wij we uw onze ons hebben wordt u aan er",
}
_KNOWN: Mapping[str, frozenset[str]] = {
    language: frozenset(f"{words} {_DESKS[language]}".split()) for language, words in ORDINARY.items()
}


def can_be_read(language: str | None) -> bool:
    """Whether words of this language (BCP 47) can be looked through."""
    return _alone(language) in _KNOWN


def is_in(text: str, language: str | None) -> bool:
    """Whether all of it is in this language (BCP 47), as far as its ordinary words show."""
    text = _PLACE.sub(" ", text)  # what is filled in there is in no language, nor is a link
    known, words = _KNOWN.get(_alone(language)), _words(text)
    if known is None or _count(words, known) < max(_count(words, others) for others in _KNOWN.values()):
        return False
    sentences = [_words(each) for each in _SENTENCE.split(text)]
    return any(word in known for word in words) and all(
        any(word in known for word in each) for each in sentences if len(each) >= _LONG
    )


def _alone(language: str | None) -> str:
    return (language or "").lower().replace("_", "-").partition("-")[0]


def _words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text)]


def _count(words: list[str], known: frozenset[str]) -> int:
    return sum(word in known for word in words)
