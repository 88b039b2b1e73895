"""Where a recipe leads once its action is done, and what the customer reads on the way: pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from threadline import ActionSpec
from ticketing.approvals.gates import CLOSED_GATE, Gate
from ticketing.fields.surroundings import Surroundings
from ticketing.fields.visibility import in_view
from ticketing.people.actor import AI
from ticketing.playbook.conditions import Condition
from ticketing.playbook.playbook import Playbook, SavedReply, in_language
from ticketing.playbook.resolving import MoveTo, Recipe
from ticketing.resolution.book import Book
from ticketing.resolution.offered import offered
from ticketing.resolution.run import Json
from ticketing.tickets.changes import Changed, move
from ticketing.tickets.saved_reply import rendered, values_of
from ticketing.tickets.ticket import Ticket


@dataclass(frozen=True, slots=True)
class Way:
    """Where a recipe leads from here, by these rules."""

    playbook: Playbook
    around: Surroundings
    customer: str  # their name
    language: str | None  # theirs
    now: datetime

    def holds(self, when: Condition | None, ticket: Ticket) -> bool:
        """What cannot be answered does not hold."""
        if when is None:
            return True
        view = in_view(ticket, self.playbook, now=self.now, around=self.around, by=AI)
        return when.holds(view.context, otherwise=False)

    def moved(self, ticket: Ticket, step: MoveTo, gate: Gate) -> Changed:
        """Raises what `changes.move` does."""
        return move(
            ticket,
            step.to,
            by=AI,
            at=self.now,
            playbook=self.playbook,
            note=self.note(ticket, step),
            around=self.around,
            gate=gate,
        )

    def note(self, ticket: Ticket, step: MoveTo) -> str:
        """Of that move, with everything filled in."""
        return self._filled(step.note, ticket)

    def rehearse(self, recipe: Recipe, ticket: Ticket, gate: Gate) -> None:
        """Whether the ticket could go all the way: asked before anything is done. `gate`: of the first move.

        Raises what `changes.move` does.
        """
        for step in recipe.then:
            if isinstance(step, MoveTo) and self.holds(step.when, ticket):
                ticket, gate = self.moved(ticket, step, gate).ticket, CLOSED_GATE

    def first_move(self, recipe: Recipe, ticket: Ticket) -> MoveTo | None:
        """Where the ticket goes first."""
        steps: Iterator[MoveTo] = (each for each in recipe.then if isinstance(each, MoveTo))
        return next((each for each in steps if self.holds(each.when, ticket)), None)

    def says(self, reply: SavedReply, ticket: Ticket) -> str:
        """What the customer would read, in their language where it is there."""
        return self._filled(in_language(reply, self.language), ticket)

    def says_here(self, reply: SavedReply, ticket: Ticket) -> str:
        """The same as the desk has written it."""
        return self._filled(reply.text, ticket)

    def _filled(self, text: str, ticket: Ticket) -> str:
        """A hidden value is nobody's business; what has no value is left out."""
        shown = in_view(ticket, self.playbook, now=self.now, around=self.around).keys
        visible = {key: value for key, value in ticket.fields.items() if key in shown}
        values = values_of(replace(ticket, fields=visible), self.playbook)
        return rendered(text, values | {"customer.name": self.customer, "agent.name": ""})


def made_of_ticket(book: Book, recipe: Recipe, spec: ActionSpec) -> Mapping[str, Json] | None:
    """The arguments that the recipe makes of the ticket as it is now, without policy's own. None: it does not fit."""
    found = offered([recipe], book.ticket, book.playbook, specs={spec.name: spec}, around=book.around, now=book.now)
    return found[0].arguments if found else None


def way_of(book: Book, customer: str) -> Way:
    return Way(book.playbook, book.around, customer, book.ground.language, book.now)
