"""Whether a customer asks for what a recipe's label says, or only asks about it, or tells of it.

Words of five languages and no meaning: "I would like to extend the warranty" asks for it; who asks when it ends, or
says that somebody extended it, does not. What is neither plainly counts as not asked for.
"""

import re
from collections.abc import Sequence

from ai.offline.doubts import doubted
from ai.offline.features import tokenize

_STEM = 5  # letters; "extend" and "extending" are one
_LEAST = 4  # letters of a word that counts in a label
_SENTENCES = re.compile(r"(?<=[.!?;\n])\s+")
# As tokens, so without apostrophes and hyphens: "I'd" is "id", "pouvez-vous" is "pouvez vous".
_POLITE = (
    r"please|bitte|por favor|sil vous plaît|sil te plaît|(?:can|could|would|will) you"
    r"|(?:können|könnten|würden) sie|(?:könnt|könntet|würdet) ihr|(?:kannst|könntest|würdest) du"
    r"|pueden?|puedes|podría[ns]?|podem?|poderiam?|(?:pouvez|pourriez) vous|(?:peux|pourrais) tu"
)
_WISHES = (
    r"(?:i|we) (?:want|need|wish)|(?:i|we) would (?:really |very much )?(?:like|love)"
    r"|(?:id|wed) (?:really )?(?:like|love)"
    r"|(?:ich|wir) (?:will|wollen|möchten?|würden?|hätten?|brauchen?)|(?:möchten?|würden?|hätten?) (?:ich|wir)"
    r"|quiero|queremos|quisiera|quisiéramos|necesito|necesitamos|deseo|me gustaría|quero|queria|gostaria|preciso"
    r"|(?:je|nous) (?:veux|voulons|voudrais|voudrions|souhaite|souhaitons|souhaiterais)|jaimerais"
)
_BETWEEN = (
    r"to|please|have|get|my|our|the|an?|you|it|now|also|just|die|der|das|den|eine?n?|meinen?|unsere?n?|mir|uns|gerne?|bitte"
    r"|el|l[aeo]s?|mis?|una?|que|me|os?|as|uma?|minha|meu|de|d|ma|mon|mes|une"
)
_REQUEST = rf"\b(?:{_POLITE}|{_WISHES})(?: (?:{_BETWEEN}))*"
_ASKED_OR_TOLD = re.compile(
    r"\b(?:how|when|why|what|where|whether|was|were|been|did|had|told|if(?! possible| you can))\b"
    r"|^(?:which|who|is|are|am|does|do|has|have|may)\b"
    r"|\b(?:wie|wann|warum|wieso|was|wo|ob|falls|wenn|wurden?|hat|habt|hatten?)\b"
    r"|\b(?:cómo|cuándo|cuánto|dónde|qué|quién|fue|fueron|si|quando|quanto|onde|qual|foi|foram|se)\b"
    r"|\b(?:comment|combien|pourquoi|quand|quel\w*|où|été|avez)\b"
)
_QUESTION_WORD = re.compile(
    r"^(?:and |so |but |und |y |et |e )?(?:how|when|why|what|where|which|who|whose|wie|wann|warum|wieso|was|wo"
    r"|welche\w*|cómo|cuándo|cuánt\w+|dónde|qué|quién|por qu[eé]|cuál|como|quando|quant\w+|onde|qual|quem"
    r"|comment|combien|pourquoi|quand|quel\w*|où|qui)\b"
)
_ANY_REQUEST = re.compile(_REQUEST)


def names(label: str, text: str) -> bool:
    """Whether the text has all words of a label, in whatever form."""
    return bool(words := stems(label)) and words <= stems(text)


def stems(text: str) -> frozenset[str]:
    """Of the words that count in a label."""
    return frozenset(token[:_STEM] for token in tokenize(text) if len(token) >= _LEAST)


def asks_for(label: str, text: str) -> bool:
    """Whether a sentence plainly asks for what the label says, and none asks about something."""
    return not asks_about(text) and any(_wants(label, sentence) for sentence in _SENTENCES.split(text))


def asks_about(text: str) -> bool:
    """Whether a sentence is a question, and none that asks to have something done."""
    return any(_is_question(sentence, tokenize(sentence)) for sentence in _SENTENCES.split(text))


def _is_question(sentence: str, tokens: Sequence[str]) -> bool:
    said = " ".join(tokens)
    if _QUESTION_WORD.search(said):
        return True
    return "?" in sentence and _ANY_REQUEST.search(said) is None


def _wants(label: str, sentence: str) -> bool:
    if not names(label, sentence) or doubted(sentence):
        return False
    said = " ".join(tokenize(sentence))
    if _ASKED_OR_TOLD.search(said):
        return False
    begins = "|".join(map(re.escape, sorted(stems(label))))
    return re.search(rf"{_REQUEST} (?:{begins})", said) is not None or _orders(label, said)


def _orders(label: str, said: str) -> bool:
    """As in "Extend my warranty": the label's own first word, in the form that it has there, before all others."""
    first = next(iter(tokenize(label)), "")
    return re.match(rf"{re.escape(first)} (?:{_BETWEEN})\b", said) is not None
