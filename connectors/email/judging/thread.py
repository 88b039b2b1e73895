"""Which conversation a mail may go on with: candidates, the surest first. Whoever knows the conversations decides.

A signed address proves that we wrote to somebody. Message ids are known to whoever has ever seen a mail of the thread,
and a number in a subject to everybody: those count only for who takes part already.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from connectors.email.judging.reply_address import conversation_of
from connectors.email.mail import Mail
from connectors.email.reading.addresses import addresses

# Where the address stands that a mail was delivered to, whatever To says after forwarding.
_DELIVERED = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to", "x-forwarded-to")
_SUBJECT_TOKEN = re.compile(r"\[#([A-Za-z]{0,8}-?\d{1,12})\]")
_MOST = 500


class Hint(StrEnum):
    """What a candidate is taken from."""

    ADDRESS = "reply_address"
    IN_REPLY_TO = "in_reply_to"
    REFERENCES = "references"
    SUBJECT = "subject"


@dataclass(frozen=True, slots=True)
class Candidate:
    """`value` is a conversation for ADDRESS, a message id for the two next, a ticket's number for SUBJECT."""

    hint: Hint
    value: str

    @property
    def sure(self) -> bool:
        """Whether it alone is enough; any other counts only for who takes part in the conversation already."""
        return self.hint is Hint.ADDRESS


def candidates(mail: Mail, *, secrets: Sequence[bytes] = ()) -> tuple[Candidate, ...]:
    """Every one once, in the order in which to try them."""
    return tuple(dict.fromkeys(_found(mail, secrets)))[:_MOST]


def _found(mail: Mail, secrets: Sequence[bytes]) -> Iterator[Candidate]:
    seen: set[str] = set()
    for address in _delivered(mail):
        if conversation := conversation_of(address, secrets=secrets):
            yield Candidate(Hint.ADDRESS, conversation)
    for each in mail.in_reply_to:
        seen.add(each)
        yield Candidate(Hint.IN_REPLY_TO, each)
    for each in reversed(mail.references):
        if each not in seen:
            yield Candidate(Hint.REFERENCES, each)
    for number in _SUBJECT_TOKEN.findall(mail.subject):
        yield Candidate(Hint.SUBJECT, number)


def _delivered(mail: Mail) -> Iterator[str]:
    for person in (*mail.to, *mail.cc):
        if person.address:
            yield person.address
    for name in _DELIVERED:
        for value in mail.headers.raws(name)[:20]:
            yield from (person.address for person in addresses(value) if person.address)
