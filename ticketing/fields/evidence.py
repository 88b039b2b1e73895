"""What the AI says of a value that it fills in: where it stands and how sure it is. Pure; nothing of it is believed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from ticketing.fields.refusals import FieldsRefused
from ticketing.people.actor import Actor, ActorKind
from ticketing.playbook.playbook import Playbook


@dataclass(frozen=True, slots=True)
class Evidence:
    """Of the value of one field. Without a message it was read nowhere that a customer wrote."""

    confidence: float  # 0 to 1
    message_id: UUID | None = None  # of the ticket's room
    words: str | None = None  # as they stand in that message


Read = Mapping[str, Evidence]  # by the key of the field
NOT_READ: Read = {}


def require_evidence(
    fields: Collection[str], read: Read, said: Mapping[UUID, str], *, by: Actor, playbook: Playbook
) -> None:
    """Of what the AI changes. `said`: the text of those messages that are the ticket's. Raises FieldsRefused."""
    if by.kind is not ActorKind.AI:
        return
    wrong = {key: words for key in fields if (words := _complaint(read.get(key), said))}
    if wrong:
        raise FieldsRefused({key: (playbook.fields[key].label, words) for key, words in wrong.items()})


def _complaint(evidence: Evidence | None, said: Mapping[UUID, str]) -> str | None:
    if evidence is None:
        return "say where it was read, and how sure that is."
    if not 0 <= evidence.confidence <= 1:
        return "how sure it is, is a number from 0 to 1."
    if evidence.message_id is None:
        return None if evidence.words is None else "say in which message these words stand."
    if evidence.message_id not in said:
        return "the message that it was read in is none of this ticket's."
    if evidence.words is not None and (not evidence.words or evidence.words not in said[evidence.message_id]):
        return "the message that it was read in does not say so."
    return None
