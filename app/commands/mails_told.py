"""A mail as `threadline email inspect` tells of it: as data, and as a page for a terminal."""

from collections.abc import Iterable, Iterator
from typing import Any

from rich.console import Group
from rich.rule import Rule
from rich.text import Text

from app.terminal import inert, inert_lines
from connectors.email.judging.authenticity import Proof, authenticity
from connectors.email.judging.kind import Judgement, MailKind, judge
from connectors.email.judging.ours import Ours
from connectors.email.judging.thread import Hint, candidates
from connectors.email.mail import Address, Attachment, Mail
from connectors.email.quoting.pieces import Kind
from storage.blobs.content_type import content_type
from ticketing.attachments.kinds import default_name
from ticketing.attachments.names import safe_name, size_words

_AUTOMATION = {
    MailKind.PERSON: "none",
    MailKind.OTHER_DESK: "none",
    MailKind.CALENDAR: "none",
    MailKind.AUTO_REPLY: "auto_reply",
    MailKind.READ_RECEIPT: "auto_reply",
    MailKind.LIST: "list",
    MailKind.BOUNCE: "bounce",
    MailKind.OWN: "own",
    MailKind.SPAM: "spam",
}
_KINDS = {
    MailKind.PERSON: "A person's mail",
    MailKind.OTHER_DESK: "A mail of another desk",
    MailKind.CALENDAR: "A calendar entry",
    MailKind.AUTO_REPLY: "A machine's mail",
    MailKind.READ_RECEIPT: "A receipt",
    MailKind.LIST: "A mail to many",
    MailKind.BOUNCE: "A bounce",
    MailKind.OWN: "A mail of our own",
    MailKind.SPAM: "Spam",
}
_PIECES = {
    Kind.WRITTEN: ("Written", ""),
    Kind.QUOTED: ("Quoted", "dim"),
    Kind.SIGNATURE: ("Signature", "dim"),
    Kind.FORWARDED: ("Forwarded", ""),
}
_PROOFS = {Proof.VERIFIED: "green", Proof.UNVERIFIED: "yellow", Proof.FAILED: "red"}
_CANDIDATES, _SHOWN = 5, 10
_WORDS = ("text/", "message/", "application/")  # may be plain text


def data(mail: Mail, ours: Ours) -> dict[str, Any]:
    """The keys that `--json` promises, but for the file."""
    judgement = judge(mail, ours)
    return {
        "message_id": mail.message_id,
        "in_reply_to": next(iter(mail.in_reply_to), None),
        "references": list(mail.references),
        "from": _person(mail.sender[0]) if mail.sender else {"name": None, "address": None},
        "to": [_person(each) for each in mail.to],
        "cc": [_person(each) for each in mail.cc],
        "reply_to": [_person(each) for each in mail.reply_to],
        "date": mail.date.isoformat() if mail.date else None,
        "subject": mail.subject,
        "text": mail.text,
        "reply_text": mail.reply_text,
        "html": mail.html,
        "attachments": [_attachment(each) for each in mail.attachments],
        "automation": _AUTOMATION[judgement.kind],
        "opens_ticket": judgement.opens_ticket,
        "defects": list(mail.defects),
    }


def _person(person: Address) -> dict[str, str | None]:
    return {"name": person.name, "address": person.address}


def _attachment(file: Attachment) -> dict[str, Any]:
    return {
        "filename": safe_name(file.name) if file.name else None,
        "content_type": file.content_type,
        "size": file.size,
        "inline": file.inline,
        "content_id": file.content_id,
    }


def page(name: str, mail: Mail, ours: Ours) -> Group:
    """Everything about one mail, the judgement first. Words of others cannot steer the terminal."""
    judgement = judge(mail, ours)
    return Group(
        Rule(inert(name), align="left"),
        *_judged(judgement),
        *_head(mail, ours),
        *_body(mail),
        *_files(mail),
        *(_field("Defect", defect, "yellow") for defect in mail.defects),
        "",
    )


def _judged(judgement: Judgement) -> Iterator[Text]:
    opens = "opens a ticket" if judgement.opens_ticket else "opens no ticket"
    answers = "may be acknowledged" if judgement.answerable else "gets no automatic answer"
    words = Text(_KINDS[judgement.kind], style="bold")
    yield words.append(f": it {opens} and {answers}.", style="not bold")
    for reason in judgement.reasons:
        yield _field("Why", reason)
    if found := judgement.bounce:
        yield _field(
            "Failed", f"{'for good' if found.hard else 'for now'}; our mail was {found.message_id or 'not named'}"
        )
        for each in found.failures[:_SHOWN]:
            said = (each.recipient, each.action, each.status, each.diagnostic)
            yield _field("", " · ".join(part for part in said if part))
        if len(found.failures) > _SHOWN:
            yield _field("", f"and {len(found.failures) - _SHOWN} more")


def _head(mail: Mail, ours: Ours) -> Iterator[Text]:
    yield _field("From", _people(mail.sender) or "nobody")
    proof = authenticity(mail, ours)
    yield _field("", f"{proof.proof}: {proof.why}", _PROOFS[proof.proof])
    for label, people in (("Reply to", mail.reply_to), ("To", mail.to), ("Cc", mail.cc)):
        if people:
            yield _field(label, _people(people))
    yield _field("Date", f"{mail.date:%a %d %b %Y %H:%M %z}" if mail.date else "none")
    yield _field("Subject", mail.subject or "none")
    found = candidates(mail)
    for number, each in enumerate(found[:_CANDIDATES]):
        yield _field("" if number else "Goes on", f"{_hint(each.hint)} {each.value}")
    if mail.protection:
        yield _field("Protection", f"it is {mail.protection}, which is not checked here")
    if mail.invitation:
        said = mail.invitation
        yield _field("Calendar", " · ".join(part for part in (said.method, said.summary, said.starts) if part))


def _hint(hint: Hint) -> str:
    return {
        Hint.ADDRESS: "conversation",
        Hint.IN_REPLY_TO: "answers",
        Hint.REFERENCES: "refers to",
        Hint.SUBJECT: "ticket in the subject",
    }[hint]


def _people(people: Iterable[Address]) -> str:
    found = [f"{each.name} <{each.address or 'no address'}>" if each.name else str(each.address) for each in people]
    return ", ".join(found[:20]) + (f" and {len(found) - 20} more" if len(found) > 20 else "")


def _body(mail: Mail) -> Iterator[Text]:
    for piece in mail.split.pieces:
        if not piece.text.strip():
            continue
        title, style = _PIECES[piece.kind]
        yield Text(f"\n{title}", style="bold")
        for line in inert_lines(piece.text.strip("\n")).split("\n"):
            yield Text(f"  {line}", style=style)
    if said := mail.split.forwarded:
        yield _field("Forwarded", " · ".join(part for part in (said.sender, said.subject, said.date) if part))
    if not mail.text.strip():
        yield Text("\nThere is no text.", style="dim")
    if mail.blocked_images:
        yield _field("Blocked", f"{mail.blocked_images} pictures that it would have loaded from elsewhere")


def _files(mail: Mail) -> Iterator[Text]:
    if mail.attachments:
        yield Text("\nFiles", style="bold")
    for file in mail.attachments:
        name = safe_name(file.name) if file.name else default_name(file.content_type)
        place = ", shown in the text" if file.inline else ""
        yield Text(f"  {inert(name)} · {_kind(file)} · {size_words(file.size)}{place}")


def _kind(file: Attachment) -> str:
    """By its bytes, and what it says where that is something else."""
    found, claimed = content_type(file.content), inert(file.content_type)
    if found == claimed or (found == "text/plain" and claimed.startswith(_WORDS)):
        return claimed
    return f"{found} (it says {claimed})"


def _field(label: str, words: str, style: str = "") -> Text:
    return Text.assemble((f"{label:<11}", "dim"), (inert(words), style))
