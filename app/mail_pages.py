"""A whole mail as its page says it: made anew from the bytes that came, or from the words that are kept of it."""

import asyncio
import base64
import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from uuid import UUID

from connectors.email import Address, Attachment, Mail, read
from connectors.email.quoting.pieces import Kind
from core.errors import FileGone
from core.messages import Party
from storage.blobs.content_type import content_type
from storage.mails_kept import SqlMails
from storage.put_away import KeptEvents
from ticketing.attachments.attachment import FileState, ShownFile
from ticketing.attachments.kinds import is_picture
from ticketing.mails.kept import KeptMail
from web.mail_page import MailPage, PageFile, Piece

CHANNEL = "email"
_AT_ONCE = 2  # mails that are read at the same time: a large one takes a second of a processor
_MOST_PIECES = 300
_MOST_PICTURES = 10 * 2**20  # bytes of pictures within a page
_FOLDED = {Kind.QUOTED: "Quoted text", Kind.SIGNATURE: "Signature"}
_PICTURE = re.compile(r'src="cid:([^"]{0,2000})"')
_GONE = "The mail itself is not kept any more: these are its words."


class MailPages:
    """`web.ports.Mails`. The link was the permission."""

    def __init__(self, mails: SqlMails, events: KeptEvents) -> None:
        self._mails, self._events = mails, events
        self._reading = asyncio.Semaphore(_AT_ONCE)

    async def page(self, message_id: UUID) -> MailPage:
        kept = await self._mails.kept(message_id)
        try:
            raw = await self._events.body(CHANNEL, kept.event)
        except FileGone:
            return _of_what_is_left(kept)
        async with self._reading:
            return await asyncio.to_thread(page_of, raw, kept)

    async def raw(self, message_id: UUID) -> bytes:
        kept = await self._mails.kept(message_id)
        return await self._events.body(CHANNEL, kept.event)


def page_of(raw: bytes, kept: KeptMail) -> MailPage:
    """What the page says of these bytes. Pure."""
    mail = read(raw)
    date = mail.date or kept.at
    headers = [
        ("From", _addresses(mail.sender)),
        ("To", _addresses(mail.to)),
        ("Cc", _addresses(mail.cc)),
        ("Reply to", _addresses(mail.reply_to)),
        ("Date", f"{date:%a, %d %b %Y %H:%M %z}"),
    ]
    made = MailPage(
        subject=mail.subject,
        headers=[(name, value) for name, value in headers if value],
        pieces=tuple(_pieces(mail)),
        files=tuple(map(_file, kept.files)),
        html=_with_pictures(mail.html, mail.attachments) if mail.html else None,
        blocked_images=mail.blocked_images,
    )
    return _judged(made, kept)


def _of_what_is_left(kept: KeptMail) -> MailPage:
    headers = [
        ("From", _named(kept.sender)),
        ("To", ", ".join(map(_named, kept.to))),
        ("Cc", ", ".join(map(_named, kept.cc))),
        ("Date", f"{kept.at:%a, %d %b %Y %H:%M %z}"),
    ]
    made = MailPage(
        subject=kept.subject,
        headers=[(name, value) for name, value in headers if value],
        pieces=(Piece(kept.words),) if kept.words.strip() else (),
        files=tuple(map(_file, kept.files)),
        missing=_GONE,
    )
    return _judged(made, kept)


def _judged(page: MailPage, kept: KeptMail) -> MailPage:
    """With what was found when the mail came."""
    proven, doubt = (kept.proof, None) if kept.verified else (None, kept.proof or None)
    return replace(page, proven=proven, doubt=doubt, automatic=kept.automatic)


def _pieces(mail: Mail) -> Iterator[Piece]:
    found = mail.split.pieces
    for each in found[:_MOST_PIECES]:
        if each.text.strip():
            yield Piece(each.text.strip("\n"), _FOLDED.get(each.kind))
    if rest := "".join(each.text for each in found[_MOST_PIECES:]).strip("\n"):
        yield Piece(rest, "The rest")


def _with_pictures(page: str, files: Sequence[Attachment]) -> str:
    """The mail's own pictures in their places. Too large ones, and what is none, stay out."""
    pictures = {each.content_id.lower(): each for each in files if each.content_id}
    left = _MOST_PICTURES

    def picture(found: re.Match[str]) -> str:
        nonlocal left
        file = pictures.get(html.unescape(found[1]).lower())
        if file is None or file.size > left or not is_picture(kind := content_type(file.content)):
            return ""
        left -= file.size
        return f'src="data:{kind};base64,{base64.b64encode(file.content).decode()}"'

    return _PICTURE.sub(picture, page)


def _file(file: ShownFile) -> PageFile:
    return PageFile(file.name, _size(file.size), file.url, None if file.state is FileState.STORED else file.why)


def _size(size: int | None) -> str:
    if size is None:
        return ""
    return f"{size / 2**20:.1f} MB" if size >= 2**20 else f"{max(1, round(size / 1024))} kB"


def _addresses(people: Sequence[Address]) -> str:
    return ", ".join(f"{each.name} <{each.address}>" if each.name else each.address or "" for each in people)


def _named(party: Party) -> str:
    return f"{party.name} <{party.address}>" if party.name else party.address
