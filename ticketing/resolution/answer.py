"""What a customer's answer says for the field that they were asked for: pure, and whichever brain works.

It only selects: whether the order is theirs, and what it is worth, nobody takes from their words.
"""

from ticketing.fields.refusals import ValueRefused
from ticketing.fields.values import parse
from ticketing.playbook.fields import Field, FieldKind

_AROUND = ".,;:!?()[]\"'“”„«»"  # stands beside a value and is no part of it
_LONGEST = 500  # characters of an answer


def answer_in(text: str, field: Field) -> str | None:
    """The words that the field takes; None: there are none, or several that say different things."""
    text = text.strip()
    if not text or len(text) > _LONGEST or field.kind in (FieldKind.FILE, FieldKind.CHECKBOX, FieldKind.MULTI_SELECT):
        return None
    if field.kind is not FieldKind.TEXT and _taken(text, field):
        return text
    words = [word.strip(_AROUND) for word in text.split()]
    if field.kind is FieldKind.TEXT:  # what patterns of numbers take is often a word as well: a number has a digit
        words = [word for word in words if any(sign.isdecimal() for sign in word)]
        if field.pattern is None and len(text.split()) > 1:
            return None  # it may be anything: a brain reads it
    found = {parse(field, word): word for word in words if _taken(word, field)}
    return next(iter(found.values())) if len(found) == 1 else None


def _taken(word: str, field: Field) -> bool:
    try:
        return parse(field, word) is not None
    except ValueRefused:
        return False
