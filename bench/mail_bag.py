"""Mails as a support mailbox has them: HTML beside plain text, Outlook's styles, footers, files, answers with quotes.

Made of a seed, so that two runs, and another program beside ours, file the same mails.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from html import escape

DESK = "support@shop.example"
REPLIES, FILES, PLAIN = 0.3, 0.2, 0.1  # the shares of answers, of mails with files, of mails without HTML
_START = datetime(2026, 11, 2, 8, tzinfo=UTC)
_MATTERS = ("My parcel", "Invoice", "The lamp", "A refund", "The app", "My account", "The mug", "Delivery to Lyon")
_TROUBLES = ("has not arrived", "is wrong", "arrived broken", "is missing", "does not work", "was charged twice")
_SENTENCES = (
    "I ordered it two weeks ago and paid at once, with the card that I always use.",
    "The tracking page has said the same for six days, and nobody answers the telephone.",
    "Please tell me what happens next, because I need it before the end of the month.",
    "I have already tried what your help page says, twice, and it made no difference.",
    "My colleague had the same trouble last year, and it took a month to put right.",
    "If it cannot be sent in time, I would rather have my money back.",
    "You will find the papers that belong to it attached, or in my mail of last week.",
    "Could somebody look at it today? I can be reached under this address at any time.",
)
_STYLE = "font-family:Calibri,Arial,sans-serif;font-size:11.0pt;color:#1F1F1F;margin:0cm;margin-bottom:.0001pt"
_FOOTER = (
    "This message is intended only for the person it is addressed to. If you have received it in error, please tell us "
    "and delete it. Unauthorised copying or disclosure of its contents is not permitted."
)


@dataclass(frozen=True, slots=True)
class Written:
    """A mail as it comes over the wire. `answers`: the place in the bag of the mail that it answers; None: of none."""

    raw: bytes
    answers: int | None


@dataclass(frozen=True, slots=True)
class _Thread:
    sender: str
    name: str
    subject: str
    ids: tuple[str, ...]
    text: str


def bag(number: int, *, seed: int = 1, name: str = "bench") -> Sequence[Written]:
    """So many mails, oldest first. Each that answers nothing is from somebody who has not written before.

    Bags of different names have nothing in common: neither senders nor ids.
    """
    chance, threads, last = random.Random(f"{name} {seed}"), list[_Thread](), dict[int, int]()
    mails = []
    answering = set(chance.sample(range(number // 10, number), int(number * REPLIES)))
    for place in range(number):
        message_id = f"<{chance.getrandbits(96):024x}.{place}@{name}.example>"
        which = chance.randrange(len(threads)) if place in answering else None
        thread = _new(chance, name, place) if which is None else threads[which]
        text = " ".join(chance.sample(_SENTENCES, chance.randint(2, 7)))
        mails.append(Written(_mail(chance, thread, message_id, text, place), None if which is None else last[which]))
        which = len(threads) if which is None else which
        threads[which : which + 1] = [
            _Thread(thread.sender, thread.name, thread.subject, (*thread.ids, message_id), text)
        ]
        last[which] = place
    return mails


def _new(chance: random.Random, name: str, place: int) -> _Thread:
    first = chance.choice(("Anna", "Jean", "Marta", "Piotr", "Eva", "Tom", "Sofia", "Lars"))
    last = chance.choice(("Keller", "Dubois", "Rossi", "Nowak", "Lind", "Brown", "García", "Berg"))
    subject = f"{chance.choice(_MATTERS)} {chance.choice(_TROUBLES)} ({10_000 + place})"
    return _Thread(f"{first}.{place}@{name}.example".lower(), f"{first} {last}", subject, (), "")


def _mail(chance: random.Random, thread: _Thread, message_id: str, text: str, place: int) -> bytes:
    mail = EmailMessage(policy=SMTP)
    at = _START + timedelta(minutes=place)
    for hop in range(chance.randint(2, 4)):
        mail["Received"] = (
            f"from out{hop}.example ([192.0.2.{hop + 1}]) by mx{hop}.example with ESMTPS id {place}; {at:%c}"
        )
    mail["Authentication-Results"] = f"mx.shop.example; dmarc=pass header.from={thread.sender.rpartition('@')[2]}"
    mail["Message-ID"], mail["Date"] = message_id, at
    mail["From"], mail["To"] = f'"{thread.name}" <{thread.sender}>', f"Support <{DESK}>"
    mail["Subject"] = f"Re: {thread.subject}" if thread.ids else thread.subject
    if thread.ids:
        mail["In-Reply-To"], mail["References"] = thread.ids[-1], " ".join(thread.ids[-10:])
    words = f"Hello,\n\n{text}\n\nBest regards\n{thread.name}\n"
    quoted = f"On {at:%d %b %Y}, {thread.name} <{thread.sender}> wrote:\n> " if thread.ids else ""
    mail.set_content(words + (f"\n{quoted}{thread.text}\n" if quoted else "") + f"\n--\n{thread.name}\n{_FOOTER}\n")
    if chance.random() >= PLAIN:
        mail.add_alternative(_html(chance, words, quoted, thread), subtype="html")
    if chance.random() < FILES:
        content = chance.randbytes(chance.randint(4_000, 32_000))
        mail.add_attachment(content, maintype="application", subtype="pdf", filename=f"order {place}.pdf")
    return mail.as_bytes()


def _html(chance: random.Random, words: str, quoted: str, thread: _Thread) -> str:
    """As mail programs write it: most of it is about how it looks."""
    rules = "\n".join(
        f"p.Mso{each}, li.Mso{each}, div.Mso{each} {{{_STYLE};}}"
        f" span.Style{each} {{mso-style-type:personal; {_STYLE};}}"
        for each in range(chance.randint(1, 40))
    )
    body = "".join(
        f'<p class="MsoNormal"><span style="{_STYLE}">{escape(each)}</span></p>\n' for each in words.split("\n")
    )
    past = (
        f"<div>{escape(quoted)}<blockquote type=cite><p>{escape(thread.text)}</p></blockquote></div>" if quoted else ""
    )
    footer = (
        f'<table><tr><td><p style="{_STYLE}"><b>{escape(thread.name)}</b></p><p>{escape(_FOOTER)}</p></td></tr></table>'
    )
    styles = f"<style><!--\n{rules}\n--></style>"
    return f"<html><head>{styles}</head><body lang=EN><div>{body}</div>{footer}{past}</body></html>"
