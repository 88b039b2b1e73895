"""What a customer means who answers with a number, in words of their own. Pure.

Rather no score than a wrong one: "4 items are missing" is none. Who is not understood here is understood by triage.
"""

import re
import unicodedata

from ticketing.surveys.survey import Score

_LONGEST = 500  # characters; who writes more tells more than a score
_WORDS = {
    **dict.fromkeys(("one", "eins", "uno", "un", "um"), 1),
    **dict.fromkeys(("two", "zwei", "dos", "deux", "dois"), 2),
    **dict.fromkeys(("three", "drei", "tres", "trois", "três"), 3),
    **dict.fromkeys(("four", "vier", "cuatro", "quatre", "quatro"), 4),
    **dict.fromkeys(("five", "fünf", "fuenf", "cinco", "cinq"), 5),
}
_OF_FIVE = r"(?:\s*(?:/|out of|of|von|de|sur|em)\s*5)?"
_STARS = r"(?:\s*(?:stars?|sterne?|estrellas?|étoiles?|estrelas?|[⭐★🌟]))?"
_SCORE = re.compile(
    rf"\s*(?:(?P<number>[1-5]|{'|'.join(_WORDS)}){_OF_FIVE}{_STARS}|(?P<filled>[⭐★🌟]{{1,5}})☆{{0,4}})"
    r"(?P<rest>.*)",
    re.DOTALL,
)
_NOTHING_MORE = re.compile(r"[\s.!)🙂😊👍]*")
# Only what nobody writes between a number and what it counts. A comment with numbers in it may be about anything.
_COMMENT = re.compile(r"\s*(?:[,;!\n]|\s[-–—]\s)[\s!]*(?P<comment>[^\d\s][^\d]*)")
_KEYCAP = dict.fromkeys((0xFE0F, 0x20E3))


def score_in(text: str) -> Score | None:
    """The score, and the words that go with it. None: it is no answer to "from 1 to 5"."""
    if len(text) > _LONGEST:
        return None
    found = _SCORE.fullmatch(_plain(text))
    if found is None:
        return None
    number = found["number"]
    value = (_WORDS.get(number) or int(number)) if number else len(found["filled"])
    if _NOTHING_MORE.fullmatch(found["rest"]):
        return Score(value)
    said = _COMMENT.fullmatch(found["rest"])
    if said is None or number in _WORDS:  # "One, please"
        return None
    own = text[-len(said["comment"]) :]
    return Score(value, (own if own.lower() == said["comment"] else said["comment"]).strip())


def _plain(text: str) -> str:
    """Keycaps, wide and foreign digits as 1 to 5; in small letters."""
    plain = unicodedata.normalize("NFKC", text).translate(_KEYCAP)
    return "".join(str(unicodedata.digit(each, None) or each) for each in plain).lower()
