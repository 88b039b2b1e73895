"""A suggestion is untrusted input, whichever brain it came from: refuse what cannot be true, guess nothing."""

from dataclasses import replace

from core.errors import Untrusted
from ticketing.triage.suggestion import Burst, Entity, Issue, Suggestion, Vocabulary

MOST_ISSUES = 5  # more than this in one burst is a confused model, not a busy customer
SUBJECT_LENGTH = 120
SUMMARY_LENGTH = 1000


class SuggestionUnreadable(Untrusted):
    """The brain's answer breaks the contract. The burst goes to a person."""


def check(suggestion: Suggestion, burst: Burst, vocabulary: Vocabulary) -> Suggestion:
    """The suggestion if every value is possible; a category that its type does not have becomes the plain one.

    Raises SuggestionUnreadable, naming the first value that is not possible.
    """
    _probability("confidence", suggestion.confidence)
    _probability("sentiment confidence", suggestion.sentiment_confidence)
    _storable("reason", suggestion.why)
    if suggestion.ticket_worthy and not suggestion.issues:
        raise SuggestionUnreadable("ticket-worthy, yet it names no issue")
    if len(suggestion.issues) > MOST_ISSUES:
        raise SuggestionUnreadable(f"{len(suggestion.issues)} issues in one burst; at most {MOST_ISSUES} are believed")
    for issue in suggestion.issues:
        _check_issue(issue, burst, vocabulary)
    fitting = tuple(_of_its_type(issue, vocabulary) for issue in suggestion.issues)
    return suggestion if fitting == suggestion.issues else replace(suggestion, issues=fitting)


def _of_its_type(issue: Issue, vocabulary: Vocabulary) -> Issue:
    if issue.category in vocabulary.categories_of(issue.type):
        return issue
    return replace(issue, category=vocabulary.plain_category(issue.type))


def _check_issue(issue: Issue, burst: Burst, vocabulary: Vocabulary) -> None:
    if issue.type not in vocabulary.types:
        raise SuggestionUnreadable(f"unknown ticket type {issue.type!r}")
    if issue.category not in vocabulary.categories:
        raise SuggestionUnreadable(f"unknown category {issue.category!r}")
    _probability("intent confidence", issue.confidence)
    if not issue.subject.strip() or len(issue.subject) > SUBJECT_LENGTH or len(issue.subject.splitlines()) > 1:
        raise SuggestionUnreadable(f"a subject is one line of 1 to {SUBJECT_LENGTH} characters")
    if len(issue.summary) > SUMMARY_LENGTH:
        raise SuggestionUnreadable(f"a summary has at most {SUMMARY_LENGTH} characters")
    for name, words in (("subject", issue.subject), ("summary", issue.summary), ("intent", issue.intent)):
        _storable(name, words)
    known_messages = {message.id for message in burst.messages}
    if not issue.message_ids or not set(issue.message_ids) <= known_messages:
        raise SuggestionUnreadable("an issue must name the messages of the burst that it was read from")
    if issue.continues is not None and issue.continues not in {ticket.id for ticket in burst.known}:
        raise SuggestionUnreadable("an issue continues a ticket that is not of this conversation")
    for entity in issue.entities:
        _check_entity(entity, burst)


def _check_entity(entity: Entity, burst: Burst) -> None:
    _storable("entity", entity.kind + entity.value)
    text = next((message.text for message in burst.messages if message.id == entity.message_id), None)
    if text is None or not entity.words or entity.words not in text:
        raise SuggestionUnreadable(f"{entity.kind} {entity.value!r} is not in the words of the message it names")


def _storable(name: str, words: str) -> None:
    """PostgreSQL stores neither NUL nor half a character, and one of them would stop the whole conversation."""
    if "\x00" in words or any("\ud800" <= character <= "\udfff" for character in words):
        raise SuggestionUnreadable(f"the {name} holds characters that are none")


def _probability(name: str, value: float) -> None:
    if not 0.0 <= value <= 1.0:
        raise SuggestionUnreadable(f"{name} must lie between 0 and 1, not {value!r}")
