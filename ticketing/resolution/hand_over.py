"""A person has it from here: the customer is told, and whoever takes it finds what was done and what was not."""

from ticketing.playbook.resolving import Autonomy
from ticketing.resolution.book import Book
from ticketing.resolution.check import tidied
from ticketing.resolution.run import RunState, Step, StepKind, StepState
from ticketing.resolution.tell import NotTold, tell

_QUIET = frozenset({Autonomy.OFF, Autonomy.SHADOW, Autonomy.SUGGEST})  # of these the customer hears nothing
_LONGEST = 1000  # characters of a reason


async def hand_over(book: Book, why: str, *, customer: str, reply: str | None = None) -> None:
    """`why`: in words, for the team. `reply`: what the customer is told; None: what the type says there.

    The run is over with it.
    """
    leave(book, why, told=await _tell(book, customer, reply))


def leave(book: Book, why: str, *, told: bool = False) -> None:
    """The same without a word to the customer, or after it."""
    why = tidied(why[:_LONGEST])  # of others' systems, perhaps
    book.write(StepKind.HAND_OVER, "person", why=why, outputs={"told": told})
    if book.run.autonomy is Autonomy.SHADOW:
        book.end(RunState.SHADOWED, why)
        return
    book.end(RunState.HANDED_OVER, why)
    if book.run.autonomy not in _QUIET or book.run.agreed is not None:  # else people have had it all along
        book.leaves = why


async def _tell(book: Book, customer: str, reply: str | None) -> bool:
    key = reply or book.policy.hands_over
    if key is None or (book.run.autonomy in _QUIET and book.run.agreed is None):
        return False
    try:
        await tell(book, key, customer=customer)
    except NotTold:  # nothing hangs on it: a person has it
        return False
    return True


def stop(book: Book, why: str, *, open_act: Step | None = None, acted: bool = False) -> None:
    """Somebody or something took the ground away: nothing more is done or said. `open_act`: a call that had begun;
    `acted`: or one that has ended meanwhile. Of these nobody would hear where nobody has the ticket.
    """
    if open_act is not None and open_act.state is StepState.BEGUN:
        book.settle(open_act, "unknown", why="It was not found out whether it was done.")
        why = f"{why}. {open_act.name} may have been done: look there before you do it again"
    book.end(RunState.STOPPED, f"Stopped: {why}.")
    is_open = book.ticket.is_live and book.ticket.discarded_at is None and book.ticket.merged_into is None
    has_nobody = book.ticket.assignee_id is None and book.ticket.escalated_at is None
    if (acted or open_act is not None) and is_open and has_nobody:
        book.leaves = why
