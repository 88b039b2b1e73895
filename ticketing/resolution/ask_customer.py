"""Ask the customer: for what a recipe cannot begin without, or to say yes to exactly what would be done."""

from collections.abc import Sequence
from dataclasses import replace

from threadline import ActionSpec, as_fact
from ticketing.offers.plain_answer import accepts
from ticketing.offers.wording import in_a_word
from ticketing.playbook.resolving import Recipe
from ticketing.resolution.arguments import confirmation
from ticketing.resolution.book import Book
from ticketing.resolution.ground import Ground
from ticketing.resolution.hand_over import hand_over
from ticketing.resolution.proposals import asked_before
from ticketing.resolution.run import Run, RunState, Step, StepKind
from ticketing.resolution.tell import tell
from ticketing.resolution.verdict import PolicyVerdict
from ticketing.resolution.way import made_of_ticket

CONFIRMATION = "confirmation"
_MOST = 2  # times that the same is asked: who has not answered by then talks to a person


async def ask_for(book: Book, field: str, reply: str, *, steps: Sequence[Step], customer: str) -> None:
    """What this field holds, in the words of a saved reply. Raises NotTold."""
    if asked_before(steps, field) >= _MOST:
        label = book.playbook.fields[field].label if field in book.playbook.fields else field
        await hand_over(
            book, f"The customer was asked twice for this, and it is still not known: {label}.", customer=customer
        )
        return
    await tell(book, reply, customer=customer, kind=StepKind.ASK_CUSTOMER, name=field)
    _wait(book, field)


async def ask_to_confirm(book: Book, verdict: PolicyVerdict, *, steps: Sequence[Step], customer: str) -> None:
    """Whether exactly this is to be done. Raises NotTold."""
    if verdict.tell is None or asked_before(steps, CONFIRMATION) >= _MOST:
        await hand_over(book, "The customer was asked to say yes to it, and has not.", customer=customer)
        return
    below = in_a_word(book.ground.language)
    await tell(book, verdict.tell, customer=customer, below=below, kind=StepKind.ASK_CUSTOMER, name=CONFIRMATION)
    _wait(book, CONFIRMATION)


def asks_about_it(book: Book, recipe: Recipe, spec: ActionSpec, verdict: PolicyVerdict) -> bool:
    """Whether the recipe makes of the ticket as it is now just what would be done. Else a brain has chosen something
    that the ticket does not hold, and a question made of its fields would be about something else.
    """
    mine, policy = made_of_ticket(book, recipe, spec), book.playbook.action_policies[spec.name]
    chosen = {name: each for name, each in verdict.arguments.items() if name not in policy.sets}
    return mine is not None and as_fact(spec.arguments, dict(mine)) == as_fact(spec.arguments, chosen)


def _wait(book: Book, asked_for: str) -> None:
    why = "It waits for the customer's answer."
    book.run = replace(
        book.run, state=RunState.WAITING_FOR_CUSTOMER, asked_for=asked_for, heard=book.ground.heard, why=why
    )


def answered(run: Run, ground: Ground, asked: Step) -> bool | None:
    """Whether the customer's newest words say yes or no to what they were asked. None: neither, or not only.

    A yes from before the question was no answer to it, and one among other words says more than yes.
    """
    said = ground.said
    if run.asked_for != CONFIRMATION or said is None or not said.concerns or said.has_file:
        return None
    if said.at <= asked.begun_at or (said.before is not None and said.before > asked.begun_at):
        return None
    return accepts(said.text)


def question(steps: Sequence[Step]) -> Step | None:
    """What the customer was asked last."""
    return next((each for each in reversed(steps) if each.kind is StepKind.ASK_CUSTOMER), None)


def confirmed(run: Run) -> Run:
    """After their yes: it is good for exactly these arguments."""
    return replace(run, confirmed=confirmation(run.action or "", run.arguments or {}))
