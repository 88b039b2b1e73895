"""The offline brain: triage without a key and without a network.

Learns from the bundled examples, then judges each message and each clause in about a millisecond.
Proposes only; an intent it does not know does not exist for it, and of a language it has not learnt it is never sure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ai.offline import drafting, resolving
from ai.offline.cache import fingerprint
from ai.offline.calibration import logit, sigmoid
from ai.offline.clauses import Clause, clauses_of
from ai.offline.continuation import continued
from ai.offline.entities import entities_of, order_numbers
from ai.offline.features import MOST_CHARACTERS
from ai.offline.intents import TALK, UNCLEAR, WORTHY
from ai.offline.language import SCRIPTS_UNREAD, UNKNOWN, language_of
from ai.offline.matters import Judged, matters_of
from ai.offline.model import Judgement, Model
from ai.offline.priority import priority_of
from ai.offline.training import model_of
from ai.offline.training_set import Example, bundled
from ai.offline.wishes import Wish, understood, wish_of
from ai.offline.wording import plain, subject_of, summary_of, why_in_doubt, why_not, why_worthy
from ticketing.drafting.draft import Brief, Drafted
from ticketing.resolution.proposal import Case, Phrased, Proposed, Telling
from ticketing.triage.check import SuggestionUnreadable
from ticketing.triage.suggestion import Burst, Entity, Issue, Sentiment, Suggestion, Vocabulary

NAME = "offline"
_WORTHY = 0.5
_IN_DOUBT = 0.25  # not ticket-worthy, but a person should see what it might be about
_RECOGNISED = 0.3  # an intent less sure than this, in a language not learnt, is only a guess
_PROBLEM_STANDS = 0.5  # how surely a clause must report damage to outlast the refund asked for in another
_SURELY = 0.8  # how surely a clause must ask for a second thing to be named in the reason
_LEARNT_LANGUAGES = frozenset({"en", "de", "es", "fr", "pt", UNKNOWN})
_SUREST_IN_OTHER_LANGUAGES = 0.6
_IN_PASSING = frozenset({"greeting", "smalltalk"})  # "Hi, thank you!" is a thanks
_UNREAD = 0.5  # it may ask for anything: a person looks


@dataclass(frozen=True, slots=True)
class _Reading:
    """A burst with everything the model holds of it."""

    burst: Burst
    whole: Judgement
    judged: tuple[Judged, ...]
    worthy: float
    sentiment: Sentiment
    language: str
    entities: tuple[Entity, ...]


class OfflineBrain:
    """Implements `ticketing.brain.Brain`. Get one from `train`."""

    def __init__(self, model: Model, version: str) -> None:
        self._model = model
        self.version = version

    @classmethod
    def train(cls, examples: Sequence[Example] | None = None, *, cache: Path | None = None) -> "OfflineBrain":
        """Learn from the examples (the bundled ones by default), or take what an earlier start left in `cache`.

        Learning takes some seconds of one core, loading a fraction of one. Raises ValueError on too few examples.
        """
        chosen = bundled() if examples is None else tuple(examples)
        version = fingerprint(chosen)
        model = model_of(chosen, version, cache)
        model.judge("hello")  # reads VADER's lexicon and the concepts now, not on a customer's first message
        return cls(model, f"{NAME}-{version}")

    async def triage(self, burst: Burst, vocabulary: Vocabulary) -> Suggestion:
        """Propose. Raises SuggestionUnreadable only for a vocabulary without any type or category."""
        reading = self._read(burst)
        worthy = reading.worthy >= _WORTHY
        issues = self._issues(reading, vocabulary) if reading.worthy >= _IN_DOUBT else ()
        if not worthy:
            issues = issues[:1]
        confidence = reading.worthy if worthy else 1.0 - reading.worthy
        return Suggestion(
            ticket_worthy=worthy,
            confidence=confidence,
            why=self._why(reading, issues, confidence, worthy=worthy),
            issues=issues,
            sentiment=reading.sentiment,
            sentiment_confidence=min(1.0, reading.whole.sentiments[reading.sentiment]),
            language=reading.language,
            brain=NAME,
            model=self.version,
            awaits_answer=worthy or bool(issues) or _awaits_answer(reading),
        )

    async def draft(self, brief: Brief) -> Drafted | None:
        """Suggest a reply: a saved one that clearly fits, or that somebody looks into it. Never raises."""
        text = drafting.draft(brief)
        return Drafted(text, NAME, self.version) if text is not None else None

    async def propose(self, case: Case) -> Proposed:
        """The first recipe's call, what it lacks, or a person. Never raises."""
        return Proposed(resolving.propose(case, self._wish), NAME, self.version)

    async def phrase(self, telling: Telling) -> Phrased | None:  # noqa: ARG002 - the Brain protocol
        """It has no words of its own: the saved reply is said, in the languages that it has."""
        return None

    def _wish(self, text: str) -> Wish:
        """What a message asks for: by its words, and by what the model takes it for. Talk asks for nothing."""
        if not plain(text):
            return Wish()
        judged = self._model.judge(text[:MOST_CHARACTERS])
        intent, sure = judged.best(worthy=True)
        return understood(text, intent, sure) if judged.worthy >= _WORTHY else wish_of(text)

    def _read(self, burst: Burst) -> _Reading:
        text = "\n".join(message.text for message in burst.messages)[:MOST_CHARACTERS]
        whole = self._model.judge(text)
        clauses = clauses_of(burst.messages)
        judged = tuple(Judged(clause, self._judge(clause, clauses, whole)) for clause in clauses)
        language = language_of(text)
        return _Reading(
            burst=burst,
            whole=whole,
            judged=judged,
            worthy=_worthy(whole, judged, language) if plain(text) else 0.0,
            sentiment=max(whole.sentiments, key=whole.sentiments.__getitem__),
            language=language,
            entities=tuple(entity for message in burst.messages for entity in entities_of(message)),
        )

    def _judge(self, clause: Clause, clauses: Sequence[Clause], whole: Judgement) -> Judgement:
        return whole if len(clauses) == 1 else self._model.judge(clause.text)

    def _issues(self, reading: _Reading, vocabulary: Vocabulary) -> tuple[Issue, ...]:
        if not reading.judged:
            return ()
        matters = matters_of(reading.judged)
        if len(matters) == 1:
            return (self._issue(reading, matters[0], reading.whole, vocabulary),)
        return tuple(self._issue(reading, matter, self._together(matter), vocabulary) for matter in matters)

    def _together(self, matter: Sequence[Judged]) -> Judgement:
        if len(matter) == 1:
            return matter[0].judgement
        return self._model.judge("\n".join(each.clause.text for each in matter))

    def _issue(
        self, reading: _Reading, matter: Sequence[Judged], judgement: Judgement, vocabulary: Vocabulary
    ) -> Issue:
        name, confidence = _intent_of(matter, judgement)
        unread = reading.language in SCRIPTS_UNREAD
        if unread or (reading.language not in _LEARNT_LANGUAGES and confidence < _RECOGNISED):
            name = UNCLEAR
        intent = WORTHY[name]
        category = _allowed(intent.category, "other", vocabulary.categories)
        message_ids = tuple(dict.fromkeys(each.clause.message_id for each in matter))
        text = "\n".join(each.clause.text for each in matter)
        entities = tuple(each for each in reading.entities if each.message_id in message_ids and each.words in text)
        orders = tuple(dict.fromkeys(each.value for each in entities if each.kind == "order"))
        asking = sorted(matter, key=lambda each: _says(each, name), reverse=True)
        return Issue(
            subject=subject_of(name, orders, asking[0].clause.text),
            summary=summary_of([each.clause.text for each in matter if each in asking[:2]]),
            type=_allowed(intent.type, "general_query", vocabulary.types),
            category=category,
            intent=name,
            confidence=min(1.0, confidence),
            priority=priority_of(intent.priority, reading.sentiment, reading.burst.customer_tier),
            message_ids=message_ids,
            entities=entities,
            continues=continued(name, confidence, category, order_numbers(text), reading.burst.known),
        )

    def _why(self, reading: _Reading, issues: Sequence[Issue], confidence: float, *, worthy: bool) -> str:
        if not plain("".join(message.text for message in reading.burst.messages)):
            return "There are no words to understand."
        if worthy and issues:
            asks = [WORTHY[issue.intent].asks for issue in issues]
            if len(issues) == 1:
                asks += _also_asks(reading.judged, issues[0].intent)
            return why_worthy(list(dict.fromkeys(asks)), confidence)
        if issues:
            return why_in_doubt(WORTHY[issues[0].intent].asks, confidence)
        return why_not(reading.whole.best(worthy=False)[0], confidence)


def _worthy(whole: Judgement, judged: Sequence[Judged], language: str) -> float:
    """The whole text's probability, halfway (in log-odds) to that of its most demanding clause."""
    clearest = max((each.judgement.worthy for each in judged), default=whole.worthy)
    both = logit(np.asarray([whole.worthy, max(clearest, whole.worthy)]))
    probability = sigmoid(float(both.mean()))
    if language in _LEARNT_LANGUAGES:
        return probability
    if language in SCRIPTS_UNREAD:
        return _UNREAD
    surest = _SUREST_IN_OTHER_LANGUAGES
    return min(max(probability, 1.0 - surest), surest)


def _awaits_answer(reading: _Reading) -> bool:
    """Whether somebody should write back to what asks for nothing. In doubt, somebody should."""
    text = "".join(message.text for message in reading.burst.messages)
    if not any(each.isalnum() for each in text):
        return "?" in text or not plain(text)  # signs alone are a reaction; no words at all, a picture
    whole = reading.whole.best(worthy=False)[0]
    said = [each.judgement.best(worthy=False)[0] for each in reading.judged] or [whole]
    kinds = {TALK[name].awaits_answer for name in said if name not in _IN_PASSING}
    if "opening" in said or ("?" in text and whole != "spam"):
        return True
    return TALK[whole].awaits_answer and (True in kinds or False not in kinds)


def _intent_of(matter: Sequence[Judged], judgement: Judgement) -> tuple[str, float]:
    """The matter's intent. What something is about outlasts the remedy asked for in another clause."""
    name, confidence = judgement.best(worthy=True)
    if name == "refund_request":
        for each in matter:
            clause_intent, sure = each.judgement.best(worthy=True)
            if clause_intent == "damaged_item" and each.judgement.worthy >= _WORTHY and sure >= _PROBLEM_STANDS:
                return clause_intent, sure
    return name, confidence


def _says(each: Judged, intent: str) -> float:
    """In tenths, so that of clauses about as clear the first speaks."""
    return round(each.judgement.worthy * each.judgement.intents[intent], 1)


def _also_asks(judged: Sequence[Judged], already: str) -> list[str]:
    surest: dict[str, float] = {}
    for each in judged:
        name, sure = each.judgement.best(worthy=True)
        if name != already and each.judgement.worthy >= _SURELY and sure >= _SURELY:
            surest[name] = max(sure, surest.get(name, 0.0))
    return [WORTHY[name].asks for name in sorted(surest, key=surest.__getitem__, reverse=True)[:1]]


def _allowed(wanted: str, otherwise: str, names: Mapping[str, str]) -> str:
    """The wanted name if the vocabulary has it, else the general one, else its first."""
    for name in (wanted, otherwise, *names):
        if name in names:
            return name
    raise SuggestionUnreadable("the vocabulary names no types or no categories, so nothing can be proposed")
