"""What a recipe says is to follow once its action is done: the ticket moves, and the customer is told."""

from ticketing.approvals.load_gate import load_gate
from ticketing.people.actor import AI
from ticketing.playbook.resolving import MoveTo, Recipe, Tell
from ticketing.resolution.book import Book
from ticketing.resolution.run import StepKind
from ticketing.resolution.tell import SAVED, Phrased, propose, tell
from ticketing.resolution.way import way_of
from ticketing.tickets.save_move import save_move


async def close_up(book: Book, recipe: Recipe, *, customer: str, phrased: Phrased = SAVED, stay_open: bool) -> None:
    """All of it, in the transaction of the action's outcome. `stay_open`: but the ticket is not settled.

    Raises what `changes.move` does, and NotTold: what came before it stands.
    """
    for step in recipe.then:
        if not way_of(book, customer).holds(step.when, book.ticket):
            continue
        match step:
            case MoveTo():
                await _move(book, step, customer, stay_open=stay_open)
            case Tell(reply, accepted) if accepted is None:
                await tell(book, reply, customer=customer, phrased=phrased)
            case Tell():
                await propose(book, step, customer=customer, phrased=phrased)


async def _move(book: Book, step: MoveTo, customer: str, *, stay_open: bool) -> None:
    rules = book.playbook.lifecycle(book.ticket.type)
    if stay_open and rules.knows(step.to) and not rules.status(step.to).category.is_live:
        return
    gate = await load_gate(book.ticket, step.to, by=AI, around=book.around, uow=book.uow, now=book.now)
    moved = way_of(book, customer).moved(book.ticket, step, gate)
    if moved.record is None:
        return
    book.ticket = await save_move(book.ticket, moved, silent=True, rules=rules, uow=book.uow, now=book.now)
    book.write(StepKind.MOVE, step.to)
