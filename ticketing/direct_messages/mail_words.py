"""What a mail to one of the desk's own people says: why they get it, how the ticket stands, and where it is. Pure.

The words of customers and colleagues are quoted, and nothing in them is a link: what looks like an address is written
so that no mail program makes one of it. The only link is ours.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from ticketing.approvals.shown import ShownApproval
from ticketing.direct_messages.direct_message import Kind
from ticketing.direct_messages.shown import Move, News, ShownMove, Told
from ticketing.escalation.escalation import Escalation
from ticketing.people.actor import AI, SYSTEM
from ticketing.resolution.levels import SAID, How
from ticketing.tickets.card import TicketCard

_QUOTED, _SAID, _SUBJECT, _NAME = 1500, 500, 150, 120  # characters
_EVIDENCE = 20  # fields
_BY_ITSELF = frozenset({None, AI.name, SYSTEM.name})
# A scheme, or a name with a top-level domain of letters: what mail programs turn into links.
_SCHEME = re.compile(r"(?<=\w):(?=//)|(?<=\bmailto):|(?<=\btel):", re.I)
_DOT = re.compile(r"(?<=[^\W_])\.(?=[^\W\d_]{2})|(?<=[\d\]])\.(?=\d{1,3}\b)(?=[\d.]*[:/])")
_UNSEEN = dict.fromkeys((*range(9), *range(11, 32), 127, *range(0x202A, 0x202F), *range(0x2066, 0x206A)))
_HALVES = dict.fromkeys(range(0xD800, 0xE000), "\ufffd")
# What would be a mark, or a block of code that swallows the lines after it.
_MARKS = str.maketrans({"*": "∗", "_": "ˍ", "~": "∼", "`": "ˋ"})


class MailWords(NamedTuple):
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Ending:
    """`answerable`: an answer becomes a comment. `outside`: they get it because they are not in Slack. `slack`: the
    desk is in Slack at all.
    """

    email: str
    answerable: bool
    outside: bool
    slack: bool = True


def mail_words(told: Told, *, link: str, ending: Ending) -> MailWords:
    """`link`: to the ticket."""
    card = told.card
    about, body = _said(told, ending)
    subject = f"[#{card.number}] {about}: {_line(card.subject, _SUBJECT) or 'no subject'}"
    where = f"Open it in Slack: {link}" if ending.slack else f"How it stands now: {link}"
    parts = [*body, _standing(card), where, *_ending(card, ending)]
    return MailWords(subject, "\n\n".join(part for part in parts if part))


def _said(told: Told, ending: Ending) -> tuple[str, list[str]]:
    """What the subject says before the ticket's own, and the paragraphs."""
    match told.owed.kind:
        case Kind.MENTIONED:
            return "You were mentioned", list(_mention(told))
        case Kind.WATCHED:
            return "News", list(_news(told))
        case Kind.ESCALATED:
            assert told.escalation is not None
            return "Needs you", list(_escalation(told.card, told.escalation))
        case Kind.AUTONOMY:
            assert told.move is not None
            does = "further" if told.move.move.how is How.ROSE else "less far"
            return f"The AI goes {does}", list(_moved(told.card, told.move))
        case Kind.APPROVAL:
            assert told.approval is not None
            return "Approval needed", list(_request(told.card, told.approval, ending))
        case _:
            return "Assigned to you", list(_assignment(told))


def _assignment(told: Told) -> Iterator[str]:
    card, given = told.card, told.assignment
    yield f"{_who(given.by if given else '')} assigned {_ticket(card)} to you."
    if given is not None:
        yield _quote(given.note, _SAID)
    yield from _customer(card)


def _escalation(card: TicketCard, escalation: Escalation) -> Iterator[str]:
    why = "; ".join(_line(each, _SUBJECT) for each in escalation.because)
    brief = escalation.brief
    yield f"{_ticket(card)} was handed to people: {why}."
    yield _quote("\n".join(each for each in (brief.wants, brief.lately) if each), _QUOTED)
    missing = "; ".join(brief.missing) or "nothing"
    facts = (("Done", "; ".join(brief.done)), ("Missing", missing), ("Next", brief.suggested))
    yield "\n".join(f"{name}: {_line(value, _SAID)}" for name, value in facts if value)
    yield from _customer(card)


def _mention(told: Told) -> Iterator[str]:
    card, remark = told.card, told.remark
    yield f"{_who(remark.by if remark else '')} mentioned you in {_ticket(card)}:"
    yield _quote(remark.text if remark else "", _QUOTED)
    if card.understanding is not None and (about := _plain(card.understanding.summary, 900)):
        yield f"What it is about: {about}"
    yield from _customer(card)


def _news(told: Told) -> Iterator[str]:
    card, news = told.card, told.news or News(0, "", ())
    yield f"There is news of {_ticket(card)}, which you watch."
    yield "\n".join(_move(each) for each in news.moves)
    if news.messages:
        wrote = "1 message" if news.messages == 1 else f"{news.messages:,} messages"
        yield f"{_line(card.customer, _NAME) or 'The customer'} wrote {wrote}:"
        yield _quote(news.words or "(a file)", _SAID)


def _request(card: TicketCard, asked: ShownApproval, ending: Ending) -> Iterator[str]:
    amount = f", {_line(asked.amount, 60)}" if asked.amount else ""
    yield f"{_who(asked.requester)} asks for your decision about {_ticket(card)}: {_line(asked.label, 200)}{amount}."
    facts = [("What follows", asked.purpose), *asked.evidence[:_EVIDENCE]]
    yield "\n".join(f"{_line(label, 80)}: {_line(value, 200)}" for label, value in facts if value)
    if asked.why.strip():
        yield "Why:"
        yield _quote(asked.why, _QUOTED)
    yield from _customer(card)
    if ending.slack:
        yield "You decide in Slack: nothing is decided by mail."
    else:
        yield "Nothing is decided by mail, and this desk is not in Slack: ask an admin to connect it."


def _moved(card: TicketCard, shown: ShownMove) -> Iterator[str]:
    """Of a type, and so of no one ticket: the one that is named decided it last."""
    move, label = shown.move, _line(shown.label, 80)
    yield f"The AI's autonomy with {label} is “{move.level.words}” now, and was “{move.was.words}”."
    yield _line(move.why, 300)
    yield "\n".join(f"#{each.ticket}: {SAID[each.sign]}" for each in move.cases[:_EVIDENCE] if not each.is_right)
    yield f"To put it back, in Slack: /ticket autonomy {_line(move.type, 60)} {move.was.value}"
    yield f"What decided it last was {_ticket(card)}:"


def _customer(card: TicketCard) -> Iterator[str]:
    if card.last_words and card.last_words.strip():
        tier = f" ({_line(card.tier, 60)})" if card.tier else ""
        yield f"{_line(card.customer, _NAME) or 'The customer'}{tier} wrote last:"
        yield _quote(card.last_words, _SAID)


def _standing(card: TicketCard) -> str:
    has = _line(card.assignee or "", _NAME) or "nobody yet"
    facts = (
        ("Status", _line(card.status.label, 80)),
        ("Priority", card.priority.value),
        ("Type", _line(card.type, 80)),
        ("Assigned to", has),
    )
    return "\n".join(f"{name}: {value}" for name, value in facts if value)


def _ending(card: TicketCard, ending: Ending) -> Iterator[str]:
    if ending.answerable:
        yield (
            f"An answer to this mail becomes an internal comment on #{card.number}, which the customer does not see. "
            f"It has to come from {ending.email}."
        )
    else:
        instead = " Write on the ticket, in Slack." if ending.slack else ""
        yield f"Please do not answer this mail: nobody would read it as yours.{instead}"
    if ending.outside or not ending.slack:
        why = "nobody in Slack has your address" if ending.slack else "this desk is not in Slack"
        yield f"You get it because {why}. An admin can end that: threadline people mail {ending.email} never"
    else:
        yield "You get it because you asked for mail as well as Slack: under Preferences there, you can end that."


def _ticket(card: TicketCard) -> str:
    return f"#{card.number} {_line(card.subject, _SUBJECT)}".rstrip()


def _who(name: str) -> str:
    return _line(name, _NAME) or "Somebody"


def _move(each: Move) -> str:
    by = "" if each.by in _BY_ITSELF else f", by {_line(each.by, _NAME)}"
    return f"{_line(each.origin, 80)} → {_line(each.to, 80)}{by}"


def _quote(text: str, most: int) -> str:
    """ "" for nothing."""
    plain = _plain(text, most)
    return "\n".join(f"> {line}".rstrip() for line in plain.split("\n")) if plain else ""


def _plain(text: str, most: int) -> str:
    tidy = text.replace("\r\n", "\n").replace("\r", "\n").translate(_UNSEEN).translate(_HALVES).strip()
    cut = tidy if len(tidy) <= most else f"{tidy[: most - 1].rstrip()}…"
    return _unlinked(cut.translate(_MARKS))


def _line(text: str, most: int) -> str:
    return _plain(" ".join(text.split()), most)


def _unlinked(text: str) -> str:
    return _DOT.sub("[.]", _SCHEME.sub("[:]", text))
