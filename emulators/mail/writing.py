"""Mails as people's own programs write them: with a plain and an HTML form, and what they answer below their words."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr, make_msgid
from enum import StrEnum
from html import escape


class Mailer(StrEnum):
    """Whose program it is: each quotes in its own way."""

    GMAIL = "gmail"
    OUTLOOK = "outlook"
    APPLE = "apple"
    NONE = "none"  # quotes nothing


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file of a mail."""

    name: str
    content_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Answered:
    """What is known of the mail that is answered."""

    id: str  # with its brackets, like all ids here
    references: tuple[str, ...]
    sender: str  # as it stands in its From
    to: str
    subject: str
    at: datetime
    text: str


def mail(
    *,
    name: str,
    address: str,
    to: str,
    subject: str,
    text: str,
    at: datetime,
    files: Sequence[Enclosed] = (),
    answers: Answered | None = None,
    mailer: Mailer = Mailer.GMAIL,
) -> EmailMessage:
    """One mail of a person."""
    message = EmailMessage(policy=SMTP)
    message["From"] = formataddr((name, address))
    message["To"] = to
    message["Subject"] = subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = make_msgid(domain=address.rpartition("@")[2])
    if answers is not None:
        message["In-Reply-To"] = answers.id
        message["References"] = " ".join((*answers.references, answers.id))
    plain, html = _quoted(answers, mailer)
    message.set_content(f"{text}\n{plain}", cte="quoted-printable")
    message.add_alternative(f"<html><body>{_div(text)}{html}</body></html>", subtype="html", cte="quoted-printable")
    for file in files:
        kind, _, subtype = file.content_type.partition("/")
        message.add_attachment(file.content, maintype=kind, subtype=subtype or "octet-stream", filename=file.name)
    return message


def automatic_reply(*, name: str, address: str, to: str, text: str, at: datetime, answers: Answered) -> EmailMessage:
    """What a mailbox answers by itself while nobody is there (RFC 3834)."""
    message = EmailMessage(policy=SMTP)
    message["From"] = formataddr((name, address))
    message["To"] = to
    message["Subject"] = f"Automatic reply: {answers.subject}"
    message["Date"] = format_datetime(at)
    message["Message-ID"] = make_msgid(domain=address.rpartition("@")[2])
    message["In-Reply-To"] = answers.id
    message["Auto-Submitted"] = "auto-replied"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(text)
    return message


def _quoted(answers: Answered | None, mailer: Mailer) -> tuple[str, str]:
    if answers is None or mailer is Mailer.NONE:
        return "", ""
    quoted = "".join(f"> {line}".rstrip() + "\n" for line in answers.text.splitlines())
    inner = _div(answers.text)
    match mailer:
        case Mailer.OUTLOOK:
            header = (
                f"From: {answers.sender}\nSent: {answers.at:%A, %B %-d, %Y %-I:%M %p}\nTo: {answers.to}\n"
                f"Subject: {answers.subject}"
            )
            line = "_" * 32
            rule = '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">'
            return f"\n{line}\n{header}\n\n{answers.text}\n", f"{rule}{_div(header)}</div>{inner}"
        case Mailer.APPLE:
            said = f"On {answers.at:%-d %b %Y}, at {answers.at:%H:%M}, {answers.sender} wrote:"
            return f"\n{said}\n\n{quoted}", f'<div>{escape(said)}</div><blockquote type="cite">{inner}</blockquote>'
        case _:
            said = f"On {answers.at:%a, %b %-d, %Y at %-I:%M %p} {answers.sender} wrote:"
            return (
                f"\n{said}\n\n{quoted}",
                f'<br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">{escape(said)}<br></div>'
                f'<blockquote class="gmail_quote" style="margin:0 0 0 .8ex">{inner}</blockquote></div>',
            )


def _div(text: str) -> str:
    return "".join(f'<div dir="ltr">{escape(line) or "<br>"}</div>' for line in text.splitlines())
