"""Ask the brain, and say what happens when it has no answer: later again, or a person reads the messages now.

A customer waits for a brain only so long, and never for the repair of one.
"""

from dataclasses import dataclass
from datetime import timedelta

from core.errors import ChannelUnavailable, DeskError
from core.instants import Clock
from ticketing.triage.check import check
from ticketing.triage.decide import for_a_person
from ticketing.triage.record import Trigger
from ticketing.triage.suggestion import Burst, Suggestion, Triager, Vocabulary

PATIENCE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Answer:
    """`instead`: why there is no answer of the brain's, and the suggestion is one that leaves it to a person."""

    suggestion: Suggestion
    instead: Trigger | None = None


async def ask(
    brain: Triager,
    burst: Burst,
    vocabulary: Vocabulary,
    *,
    stand_in: Triager | None = None,
    patience: timedelta = PATIENCE,
    clock: Clock,
) -> Answer:
    """`stand_in` reads what the brain could not, so that the person has something to go on; it decides nothing.

    Raises ChannelUnavailable if the brain is to be asked again later, because the customer has waited less than
    `patience` and would still have done so then.
    """
    try:
        return Answer(check(await brain.triage(burst, vocabulary), burst, vocabulary))
    except ChannelUnavailable as away:
        waited = clock() - burst.messages[0].received_at
        if waited + timedelta(seconds=away.retry_after or 0) < patience:
            raise
        why = away.message
    except DeskError as error:
        why = error.message
    except Exception as error:  # a fault of the brain's must not keep the customer waiting for its repair
        why = f"the AI failed ({type(error).__name__})"
    reading = await _read(stand_in, burst, vocabulary) if stand_in is not None else None
    why = f"A person should read this: {why.rstrip('.')}."
    return Answer(for_a_person(burst, vocabulary, why=why, reading=reading), Trigger.BRAIN_FAILED)


def unasked(burst: Burst, vocabulary: Vocabulary) -> Answer:
    """What a person gets while the AI is switched off."""
    return Answer(for_a_person(burst, vocabulary, why="The AI is switched off."), Trigger.AI_OFF)


async def _read(stand_in: Triager, burst: Burst, vocabulary: Vocabulary) -> Suggestion | None:
    try:
        return check(await stand_in.triage(burst, vocabulary), burst, vocabulary)
    except Exception:  # nobody relies on it
        return None
