"""What kind of mail it is, in the manner of RFC 3834: who may be answered by a machine, and what starts a ticket."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from connectors.email.judging.bounce import Bounce, bounce
from connectors.email.judging.ours import LOOP_HEADER, Ours
from connectors.email.judging.words import (
    AUTOMATIC_HEADERS,
    AUTOMATIC_SUBJECTS,
    BULK_PRECEDENCE,
    CAMPAIGN_HEADERS,
    LIST_HEADERS,
    NO_ANSWERS,
    OTHER_DESKS,
    ROBOT_NAMES,
)
from connectors.email.mail import Address, Mail


class MailKind(StrEnum):
    """Who or what wrote a mail."""

    PERSON = "person"
    AUTO_REPLY = "auto_reply"
    LIST = "list"
    BOUNCE = "bounce"
    OWN = "own"
    OTHER_DESK = "other_desk"
    CALENDAR = "calendar"
    READ_RECEIPT = "read_receipt"
    SPAM = "spam"


_WITHOUT_MARKS = str.maketrans("", "", "-_.")
_OPENS = frozenset({MailKind.PERSON, MailKind.OTHER_DESK, MailKind.CALENDAR})


@dataclass(frozen=True, slots=True)
class Judgement:
    """`reasons` are for people. `answerable`: a machine of ours may write back, an acknowledgement for one."""

    kind: MailKind
    reasons: tuple[str, ...]
    answerable: bool
    bounce: Bounce | None = None

    @property
    def opens_ticket(self) -> bool:
        """Whether it may start a ticket. What may not is still kept."""
        return self.kind in _OPENS


BY_HAND = Judgement(MailKind.PERSON, ("somebody of the desk filed it as a person's",), answerable=False)


def judge(mail: Mail, ours: Ours) -> Judgement:
    """Say what kind of mail it is. Never raises; what nothing speaks against was written by a person."""
    if why := _own(mail, ours):
        return Judgement(MailKind.OWN, (why,), answerable=False)
    if found := bounce(mail):
        return Judgement(MailKind.BOUNCE, found.reasons, answerable=False, bounce=found)
    for kind, reason in (
        (MailKind.READ_RECEIPT, _receipt(mail)),
        (MailKind.AUTO_REPLY, _calendar_answer(mail)),
        (MailKind.SPAM, _spam(mail)),
        (MailKind.AUTO_REPLY, _replied(mail)),
        (MailKind.LIST, _list(mail, ours)),
        (MailKind.AUTO_REPLY, next(_automatic(mail), None)),
    ):
        if reason:
            return Judgement(kind, (reason,), answerable=False)
    return _written(mail)


def _written(mail: Mail) -> Judgement:
    """By a person, as far as can be told; doubts are about answering only."""
    doubts = tuple(_doubts(mail))
    for header, name in (*OTHER_DESKS.items(), (LOOP_HEADER, "Threadline")):
        if mail.headers.has(header):
            reason = f"it was sent by another desk ({name}): {header} is set, so no machine answers it"
            return Judgement(MailKind.OTHER_DESK, (reason, *doubts), answerable=False)
    if mail.invitation:
        words = f"it holds a calendar entry ({mail.invitation.method or 'without a method'})"
        return Judgement(MailKind.CALENDAR, (words, *doubts), answerable=not doubts)
    return Judgement(MailKind.PERSON, doubts or ("nothing says that a machine wrote it",), answerable=not doubts)


def _own(mail: Mail, ours: Ours) -> str | None:
    for each in mail.headers.raws(LOOP_HEADER):
        if ours.owns(each.strip()):
            return f"{LOOP_HEADER} names {each.strip()}: we sent it ourselves"
    for sender in mail.sender:
        if ours.owns(sender.address) and asked_for(mail, ours) is None:
            return f"it is from {sender.address}, which is an address of ours"
    return None


def asked_for(mail: Mail, ours: Ours) -> Address | None:
    """Who is to be answered of a mail in our own name: the forms of web pages write so what a visitor typed in."""
    return next(
        (each for each in mail.reply_to if each.address and not ours.owns(each.address) and not _takes_none(each)), None
    )


def _takes_none(person: Address) -> bool:
    local = (person.address or "").partition("@")[0].lower()
    return local.translate(_WITHOUT_MARKS) in NO_ANSWERS


def _receipt(mail: Mail) -> str | None:
    if mail.report and mail.report.kind == "disposition-notification":
        return "it is a receipt: somebody's mailer says that a mail was read or deleted"
    if mail.report and mail.report.kind == "feedback-report":
        return "it is a feedback report: somebody marked a mail as spam"
    return None


def _calendar_answer(mail: Mail) -> str | None:
    if mail.invitation and mail.invitation.method in {"REPLY", "COUNTER", "REFRESH"}:
        return f"it is a calendar's answer to an invitation ({mail.invitation.method})"
    return None


def _spam(mail: Mail) -> str | None:
    flag = mail.headers.raw("x-spam-flag").lower() or mail.headers.raw("x-spam").lower()
    if flag.startswith(("yes", "true")):
        return "the mail server marked it as spam (X-Spam-Flag)"
    if mail.headers.raw("x-spam-status").lower().startswith("yes"):
        return "the mail server marked it as spam (X-Spam-Status)"
    return None


def _submitted(mail: Mail) -> str:
    return mail.headers.raw("auto-submitted").partition(";")[0].partition("(")[0].strip().lower()


def _replied(mail: Mail) -> str | None:
    """What answers us by itself. It goes before lists: holiday notes often say "Precedence: bulk"."""
    if (submitted := _submitted(mail)).startswith(("auto-replied", "auto-notified")):
        return f"Auto-Submitted is {submitted}"
    for name, values in AUTOMATIC_HEADERS.items():
        for given in mail.headers.raws(name):
            if not values or given.lower() in values:
                return f"{name} is set: a program answered"
    if mail.subject.strip().lower().startswith(AUTOMATIC_SUBJECTS):
        return "its subject is that of an automatic answer"
    return None


def _list(mail: Mail, ours: Ours) -> str | None:
    list_id = mail.headers.text("list-id").lower()
    known = any(each.lower() in list_id for each in ours.lists)
    if list_id and known:
        return None  # people write to us through it
    for name in LIST_HEADERS:
        if mail.headers.has(name):
            return f"{name} is set: it went to many"
    if (precedence := mail.headers.raw("precedence").lower()) in BULK_PRECEDENCE:
        return f"Precedence is {precedence}: it went to many"
    for name in CAMPAIGN_HEADERS:
        if mail.headers.has(name):
            return f"{name} is set: it is part of a campaign"
    if mail.headers.has("list-unsubscribe") and not _to_us_alone(mail, ours):
        return "list-unsubscribe is set: it went to many"
    return None


def _to_us_alone(mail: Mail, ours: Ours) -> bool:
    """Whether it answers somebody, or was written to us only. What goes to many offers to leave with one click."""
    if mail.in_reply_to or any("+t." in (each.address or "") and ours.owns(each.address) for each in mail.to):
        return True
    only_us = bool(mail.to) and all(ours.owns(each.address) for each in (*mail.to, *mail.cc))
    return only_us and not mail.headers.has("list-unsubscribe-post")


def _automatic(mail: Mail) -> Iterator[str]:
    """What programs send without being asked."""
    submitted = _submitted(mail)
    if submitted and submitted != "no":
        yield f"Auto-Submitted is {submitted[:40]}"
    suppressed = {each.strip() for each in mail.headers.raw("x-auto-response-suppress").lower().split(",")}
    if "all" in suppressed and submitted != "no":
        yield "X-Auto-Response-Suppress is All, which programs say and people do not"
    if mail.headers.has("return-path") and not mail.headers.raw("return-path").strip("<> "):
        yield "Return-Path is empty: whoever sent it wants no answer"
    for sender in mail.sender:
        name = (sender.address or sender.name or "").partition("@")[0].lower()
        if name in ROBOT_NAMES:
            yield f"it is from {name}"


def _doubts(mail: Mail) -> Iterator[str]:
    """Why no machine answers what a person may have written."""
    if mail.headers.has("x-auto-response-suppress"):
        yield "X-Auto-Response-Suppress asks for no automatic answers"
    if mail.headers.has("list-unsubscribe"):
        yield "List-Unsubscribe is set: a program had a hand in it"
    for sender in mail.sender[:1]:
        if _takes_none(sender):
            yield f"{sender.address} takes no answers"
    if not any(sender.address for sender in mail.sender):
        yield "nobody is named who could be answered"
