"""A draft without a model: the saved reply that shares most with what the customer wrote, else an acknowledgement.

It knows words, not meaning: whether what a saved reply says is so, only a person can tell. It writes nothing of its own
but a greeting and that somebody looks into it, in the languages that it knows those in.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from ai.offline.concepts import concepts_of
from ai.offline.features import tokenize
from ai.offline.language import UNKNOWN, language_of
from ai.offline.wording import cut, plain
from ticketing.drafting.draft import Brief, Line
from ticketing.playbook.playbook import SavedReply

_FITS = 0.16  # of what a reply is about, so much must be in the customer's words; measured, see docs/ai.md
_CLEARLY = 1.15  # times better than the next one: otherwise it is a guess
_LABEL = 2.0  # a reply's name says more of what it is for than its words
_STEM = 5  # letters; "refunded" and "refunds" are one
_LEAST = 3  # letters of a word that counts
_MOST_LINES = 3
_SUBJECT = 80

# Words of politeness and glue, which every reply and every message has.
_GLUE_WORDS = (
    "hello dear the and you your our for with have has are was were will can could would please this that from they "
    "them she him her his its not but all any here there what when where who how why soon thank thanks thing been "
    "into about get got let one two may then than too very also just send sent tell told order"
)
_GLUE = frozenset(_GLUE_WORDS.split())
_GREETING = {
    "en": ("Hello {name},", "Hello,"),
    "de": ("Guten Tag {name},", "Guten Tag,"),
    "fr": ("Bonjour {name},", "Bonjour,"),
    "es": ("Hola {name}:", "Hola:"),
    "pt": ("Olá {name},", "Olá,"),
}
_ACKNOWLEDGED = {
    "en": "thank you for your message. We are looking into it ({about}) and will come back to you here.",
    "de": "vielen Dank für Ihre Nachricht. Wir sehen uns das an ({about}) und melden uns hier bei Ihnen.",
    "fr": "merci pour votre message. Nous examinons cela ({about}) et revenons vers vous ici.",
    "es": "gracias por su mensaje. Lo estamos revisando ({about}) y le responderemos aquí.",
    "pt": "obrigado pela sua mensagem. Estamos verificando ({about}) e responderemos por aqui.",
}


def draft(brief: Brief) -> str | None:
    """None: the customer has written nothing to answer, or in a language that it does not write."""
    asked = _asked(brief.lines)
    if not plain(" ".join(line.text for line in asked)):
        return None
    language = language_of("\n".join(line.text for line in asked))
    fitting = best(brief)
    if fitting is not None and language_of(fitting.text) in (language, UNKNOWN):
        return fitting.text if _greets(fitting.text, brief.customer) else f"{_hello(brief, 'en')}\n\n{fitting.text}"
    language = "en" if language == UNKNOWN else language
    if language not in _GREETING:
        return None
    return f"{_hello(brief, language)} {_ACKNOWLEDGED[language].format(about=_about(brief))}"


def best(brief: Brief) -> SavedReply | None:
    """The one that fits what the customer wrote last, if one does clearly."""
    weights = _weights(brief.replies)
    matter = _words(" ".join(line.text for line in _asked(brief.lines))) | _words(f"{brief.subject} {brief.category}")
    scored = sorted(((_fit(each, matter, weights), each) for each in brief.replies), key=lambda pair: -pair[0])
    if not scored or scored[0][0] < _FITS:
        return None
    if len(scored) > 1 and scored[0][0] < scored[1][0] * _CLEARLY:
        return None
    return scored[0][1]


def _asked(lines: Sequence[Line]) -> Sequence[Line]:
    """What the customer has written since the desk last answered, the newest few."""
    since = []
    for line in reversed(lines):
        if not line.by_customer:
            break
        since.append(line)
    return since[:_MOST_LINES][::-1]


def _fit(reply: SavedReply, matter: frozenset[str], weights: Mapping[str, float]) -> float:
    """How much of what the reply is about the customer's words are about, from 0 to 1."""
    name, words = _words(reply.label), _words(reply.text)
    of_all = sum(weights[each] * (_LABEL if each in name else 1.0) for each in name | words)
    shared = sum(weights[each] * (_LABEL if each in name else 1.0) for each in (name | words) & matter)
    return shared / of_all if of_all else 0.0


def _weights(replies: Sequence[SavedReply]) -> Mapping[str, float]:
    """A word in every reply tells nothing."""
    counted = Counter(word for each in replies for word in _words(each.label) | _words(each.text))
    return {word: math.log((1 + len(replies)) / times) + 0.1 for word, times in counted.items()}


def _words(text: str) -> frozenset[str]:
    """The stems of what counts, and what they mean: "refund" and "money back" are one concept."""
    tokens = tokenize(text)
    stems = {token[:_STEM] for token in tokens if len(token) >= _LEAST and token.isalpha() and token not in _GLUE}
    return frozenset(stems | {f"={concept}" for concept in _single(concepts_of(tokens))})


def _single(concepts: Iterable[str]) -> Iterable[str]:
    return (concept for concept in concepts if "+" not in concept)


def _greets(text: str, customer: str) -> bool:
    first = text.split(",", 1)[0].casefold()
    return (bool(customer) and customer.casefold() in first) or first.startswith(("hello", "hi", "dear", "good"))


def _hello(brief: Brief, language: str) -> str:
    named, plainly = _GREETING[language]
    return named.format(name=brief.customer) if brief.customer else plainly


def _about(brief: Brief) -> str:
    return cut(plain(brief.subject), _SUBJECT)
