"""Which conversation a mail goes on with (SPEC 1.7). Pure: whoever knows the conversations finds the candidates.

An address that we signed proves that we wrote to somebody. Ids of mails are known to whoever has seen the thread, so
they count for those who take part in it. The number of a ticket can be guessed: it counts only where the sender's
domain stands behind the mail as well. Anything else is a possible match, about which a person decides.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

from core.messages import Inbound, Letter


class Hint(StrEnum):
    """What a candidate is taken from, the surest first."""

    ADDRESS = "address"
    ANSWER = "answer"
    SUBJECT = "subject"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A conversation that a mail may go on with. `takes_part`: its sender has written there, or was written to."""

    hint: Hint
    conversation_id: UUID
    takes_part: bool
    undecided: bool = False  # a person is to say whether it goes on with another one


@dataclass(frozen=True, slots=True)
class Possible:
    """It may belong to that conversation; `why` and why not, in words."""

    conversation_id: UUID
    why: str


@dataclass(frozen=True, slots=True)
class Belonging:
    """`conversation_id` None: it starts one of its own, which `possible` may be about."""

    conversation_id: UUID | None = None
    possible: Possible | None = None
    undecided: bool = False  # as of the candidate


def belongs(letter: Letter, candidates: Sequence[Candidate]) -> Belonging:
    """The first candidate that is sure; else the first one at all, as a possible match."""
    for each in candidates:
        if _is_sure(each, letter):
            return Belonging(each.conversation_id, undecided=each.undecided)
    if not candidates or letter.automatic:  # nobody is asked about what only a machine wrote
        return Belonging()
    return Belonging(possible=Possible(candidates[0].conversation_id, _why(candidates[0], letter)))


def thread_of(message: Inbound) -> str:
    """What tells the conversation that a mail starts from others with the same customer: the first mail of its thread.

    So it does not matter which mail of a thread comes first: those that arrive in the wrong order start the same one.
    Only those of the same writer: who asks for answers at somebody else's address does not come into theirs by it.
    """
    letter = message.letter
    if letter is None:
        return ""
    root = letter.references[0] if letter.references else letter.id
    if not root:
        return message.key
    return sha256(f"{letter.sender.address.lower()}\0{root}".encode("utf-8", "surrogatepass")).hexdigest()


def _is_sure(candidate: Candidate, letter: Letter) -> bool:
    match candidate.hint:
        case Hint.ADDRESS:
            return True
        case Hint.ANSWER:
            return candidate.takes_part
        case Hint.SUBJECT:
            return candidate.takes_part and letter.verified


def _why(candidate: Candidate, letter: Letter) -> str:
    if candidate.hint is Hint.ANSWER:
        return f"It answers a mail of this conversation, but {letter.sender.address} does not take part in it."
    named = f"Its subject names #{letter.number}"
    if candidate.takes_part:
        return f"{named}, but nothing proves that it is from {letter.sender.address}."
    return f"{named}, but {letter.sender.address} does not take part in that conversation."


def concerned(inbound: Inbound) -> Sequence[Hashable]:
    """What two messages have in common that may go into one conversation, or are of one customer."""
    letter = inbound.letter
    if letter is None:
        return [(inbound.channel, inbound.sender)]
    named = (letter.conversation, letter.id, letter.number, *letter.ours, *letter.references)
    who = ((inbound.channel, each.lower()) for each in (inbound.sender, letter.sender.address))
    return [*who, *(each for each in named if each is not None)]
