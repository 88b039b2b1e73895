"""Which language a message is in, by its script or its most ordinary words. "und" when that cannot be told."""

import unicodedata
from collections import Counter

from ai.offline.features import tokenize
from core.ordinary_words import ORDINARY

UNKNOWN = "und"
SCRIPTS_UNREAD = frozenset({"ar", "he", "ru", "el", "hi", "ja", "ko", "zh", "th"})  # told by script alone
_MOST_CHARACTERS = 1_000
_LEAST_WORDS = 2  # for a language there are few examples of: a family name ("De Gelder") is no Dutch
_RARE = frozenset({"it", "nl"})

_SCRIPTS = {
    "ARABIC": "ar",
    "HEBREW": "he",
    "CYRILLIC": "ru",
    "GREEK": "el",
    "DEVANAGARI": "hi",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "HANGUL": "ko",
    "CJK": "zh",
    "THAI": "th",
}

_LANGUAGES_OF: dict[str, tuple[str, ...]] = {
    word: tuple(language for language, words in ORDINARY.items() if word in words.split())
    for word in {word for words in ORDINARY.values() for word in words.split()}
}


def language_of(text: str) -> str:
    """ISO 639-1, or "und". Never raises."""
    text = text[:_MOST_CHARACTERS]
    return _by_script(text) or _by_words(text)


def _by_script(text: str) -> str | None:
    counted: Counter[str] = Counter()
    letters = 0
    for character in text:
        if character.isalpha():
            letters += 1
            if character > "\u024f":
                script = unicodedata.name(character, "").split(" ", 1)[0]
                counted[_SCRIPTS.get(script, UNKNOWN)] += 1
    if not counted:
        return None
    if counted["ja"]:  # Japanese is written with Chinese characters too
        return "ja"
    language, times = counted.most_common(1)[0]
    return language if times * 2 > letters else None


def _by_words(text: str) -> str:
    votes: Counter[str] = Counter()
    words: Counter[str] = Counter()
    for token in tokenize(text):
        languages = _LANGUAGES_OF.get(token, ())
        for language in languages:
            votes[language] += 6 // len(languages)  # a word of one language only counts most
            words[language] += 1
    for language in _RARE:
        if words[language] < _LEAST_WORDS:
            del votes[language]
    ranked = votes.most_common(2)
    if not ranked or (len(ranked) == 2 and ranked[0][1] == ranked[1][1]):
        return UNKNOWN
    return ranked[0][0]
