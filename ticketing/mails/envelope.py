"""Whom a mail of ours goes to, as people see and change it before it is written. Addresses are typed by people."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from core.messages import MOST_COPIES, Party
from ticketing.conversations.recipient import AddressRefused, mail_address
from ticketing.ports import UnitOfWork

_ONE = re.compile(r'\s*(?:"((?:[^"\\]|\\.){0,300})"|([^<>"]{0,300}?))\s*<([^<>]{1,300})>\s*')
_NEEDS_QUOTES = re.compile(r'[,;<>@"\\]')


@dataclass(frozen=True, slots=True)
class Envelope:
    """Of an answer in a conversation by mail."""

    to: Party
    cc: tuple[Party, ...]  # who reads along, unless its writer says otherwise
    subject: str  # without "Re:"
    answers: bool  # it answers a mail


async def envelope(conversation_id: UUID, *, uow: UnitOfWork) -> Envelope:
    """Raises NotFound."""
    async with uow:
        conversation = await uow.conversations.get(conversation_id)
        end = await uow.mails.thread_end(conversation_id, before=None)
        to = Party(conversation.recipient, conversation.customer_name)
        return Envelope(to, end.cc, conversation.subject or "", bool(end.references))


def read_copies(text: str) -> tuple[Party, ...]:
    """ "Eve <eve@x.example>, ann@x.example" as somebody typed it. Raises AddressRefused."""
    found: dict[str, Party] = {}
    for each in _entries(text):
        party = _party(each)
        found.setdefault(party.address.lower(), party)
    if len(found) > MOST_COPIES:
        raise AddressRefused(f"{len(found)} people are too many: at most {MOST_COPIES} can have a copy.")
    return tuple(found.values())


def as_typed(copies: Sequence[Party]) -> str:
    """The same, to be changed."""
    return ", ".join(_typed(each) for each in copies)


def _entries(text: str) -> Iterator[str]:
    """What stands between commas, semicolons and line ends, but for those within quotes and angle brackets."""
    entry, quoted, within = "", False, False
    for sign in text.replace("\r", "\n") + "\n":
        quoted ^= sign == '"'
        within = (within or sign == "<") and sign not in ">\n"
        if sign == "\n" or (sign in ",;" and not quoted and not within):
            if entry.strip():
                yield entry
            entry, quoted, within = "", False, False
        else:
            entry += sign


def _party(entry: str) -> Party:
    found = _ONE.fullmatch(entry)
    if found is None:
        return Party(mail_address(entry))
    name = re.sub(r"\\(.)", r"\1", found[1]) if found[1] is not None else found[2]
    plain = "".join(sign if sign.isprintable() else " " for sign in name)
    return Party(mail_address(found[3]), " ".join(plain.split()) or None)


def _typed(party: Party) -> str:
    name = " ".join((party.name or "").split())[:100]
    if not name:
        return party.address
    if _NEEDS_QUOTES.search(name):
        name = '"' + name.replace("\\", "").replace('"', "'") + '"'
    return f"{name} <{party.address}>"
