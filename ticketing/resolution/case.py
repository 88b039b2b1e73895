"""Read what a run is about, in one short transaction; and what of it a brain gets to see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from threadline import ActionSpec
from ticketing.conversations.conversation import Conversation
from ticketing.customers.customer import Customer, Identity
from ticketing.drafting.draft import Line
from ticketing.fields.give import look_around
from ticketing.fields.surroundings import Surroundings
from ticketing.fields.values import is_given, show
from ticketing.fields.visibility import in_view
from ticketing.playbook.playbook import Playbook
from ticketing.playbook.resolving import Recipe
from ticketing.ports import UnitOfWork
from ticketing.resolution.book import Book
from ticketing.resolution.ground import Ground
from ticketing.resolution.offered import offered
from ticketing.resolution.ports import Actions, ActionsOf, Spent
from ticketing.resolution.proposal import Call, Case, OfferedRecipe
from ticketing.resolution.proposals import taken
from ticketing.resolution.record import from_json
from ticketing.resolution.run import Run, RunState, Step, StepKind, StepState
from ticketing.resolution.stands import Stands
from ticketing.resolution.way import Way
from ticketing.tickets.ticket import Ticket

_MOST_LINES = 12
_LONGEST_LINE = 2_000  # characters


@dataclass(frozen=True, slots=True)
class Situation(Stands):
    """How things stand with a run that is to be worked on. Nothing is locked: whatever is done about it looks again."""

    run: Run
    steps: Sequence[Step]
    ticket: Ticket
    conversation: Conversation
    customer: Customer
    identities: Sequence[Identity]
    playbook: Playbook
    ground: Ground
    around: Surroundings
    lines: Sequence[Line]
    actions: Actions
    recipes: Sequence[OfferedRecipe]
    spent: Spent | None  # where the playbook limits what brains may cost
    at: datetime
    pending: tuple[Step, ...] = ()  # what has happened since it was read, and is still to be kept

    @property
    def way(self) -> Way:
        """Where its recipes lead from here."""
        return Way(self.playbook, self.around, self.customer.name, self.ground.language, self.at)

    @property
    def open_act(self) -> Step | None:
        """The call of a write that began and of which nobody knows what came of it."""
        begun = (each for each in self.steps if each.kind is StepKind.ACT and each.state is StepState.BEGUN)
        return next(begun, None)

    @property
    def standing_call(self) -> Call | None:
        """The write that was decided about before the run waited: somebody has agreed to it meanwhile, the customer has
        said nothing else, and the ticket still says the same. None: a brain is to be asked.
        """
        decided = [each for each in self.steps if each.kind in (StepKind.DECIDE, StepKind.ACT)]
        if not decided or decided[-1].kind is StepKind.ACT or self.ground.heard != self.run.heard:
            return None
        made = next((dict(each.arguments) for each in self.recipes if each.key == self.run.recipe), None)
        if decided[-1].outputs.get("made", made) != made:
            return None
        return Call(decided[-1].name, from_json(decided[-1].inputs["proposed"]))

    def recipe_for(self, action: str) -> Recipe | None:
        """The first one offered that calls it."""
        key = next((each.key for each in self.recipes if each.action == action), None)
        return self.playbook.recipes[key] if key is not None else None

    def standing(self, book: Book) -> "Situation":
        """As it stands in a transaction that holds it."""
        return replace(
            self,
            ticket=book.ticket,
            conversation=book.conversation,
            playbook=book.playbook,
            ground=book.ground,
            around=book.around,
            at=book.now,
        )

    def after(self, book: Book) -> "Situation":
        """Once that is kept."""
        return replace(self.standing(book), run=book.run, pending=())

    def with_step(self, step: Step) -> "Situation":
        """The same after something happened."""
        run = replace(self.run, steps=self.run.steps + 1)
        return replace(self, run=run, steps=[*self.steps, step], pending=(*self.pending, step))


async def read(run_id: UUID, *, actions: ActionsOf, uow: UnitOfWork, now: datetime) -> Situation | None:
    """None: there is nothing to be done. Raises NotFound."""
    async with uow:
        run, steps = await uow.runs.with_steps(run_id)
        if run.state is not RunState.WORKING:
            return None
        ticket = await uow.tickets.get(run.ticket_id)
        playbook = await uow.playbook()
        around = await look_around(ticket, playbook, uow=uow)
        customer, identities = await uow.customers.with_identities(ticket.customer_id)
        there = actions(playbook)
        return Situation(
            run,
            steps,
            ticket,
            await uow.conversations.get(ticket.conversation_id),
            customer,
            identities,
            playbook,
            await uow.grounds.of(ticket.id),
            around,
            await uow.drafts.lines(ticket.id, most=_MOST_LINES, longest=_LONGEST_LINE),
            there,
            fitting(ticket, playbook, there.specs, around=around, now=now),
            await _spent(ticket, playbook, uow, now),
            now,
        )


async def _spent(ticket: Ticket, playbook: Playbook, uow: UnitOfWork, now: datetime) -> Spent | None:
    if playbook.type(ticket.type).ai.budget.cost_per_ticket is None:
        return None
    return await uow.runs.spent(ticket.type, ticket.id, at=now)


def fitting(
    ticket: Ticket, playbook: Playbook, specs: Mapping[str, ActionSpec], *, around: Surroundings, now: datetime
) -> list[OfferedRecipe]:
    """The recipes that fit the ticket and whose action this desk has, for the AI."""
    mine = (playbook.recipes[key] for key in playbook.type(ticket.type).ai.recipes if key in playbook.recipes)
    there = [each for each in mine if _is_there(each.calling.action, specs, writes=True)]
    return offered(there, ticket, playbook, specs=specs, around=around, now=now)


def _is_there(action: str, specs: Mapping[str, ActionSpec], *, writes: bool) -> bool:
    spec = specs.get(action)
    return spec is not None and spec.writes is writes and "ai" in spec.may


def case_of(situation: Situation) -> Case:
    """What a brain gets to see. What is hidden on the ticket is nobody's business."""
    ticket, playbook = situation.ticket, situation.playbook
    shown = in_view(ticket, playbook, now=situation.at, around=situation.around).fields
    given = {each.key: each for each in shown if is_given(each, ticket.fields.get(each.key))}
    asked = {key for each in situation.recipes for key in each.lacks}
    labels = {key: each.label for key, each in playbook.fields.items() if key in given or key in asked}
    return Case(
        number=ticket.number,
        subject=ticket.subject,
        type=playbook.type(ticket.type).label,
        category=playbook.category(ticket.category),
        language=situation.ground.language or "und",
        lines=situation.lines,
        fields={key: show(each, ticket.fields[key]) for key, each in given.items()},
        labels=labels,
        recipes=situation.recipes,
        actions=proposable(situation),
        taken=taken(situation.steps),
        customer=situation.customer.name,
        conversation_id=situation.conversation.id,
        run_id=situation.run.id,
    )


def proposable(situation: Situation) -> list[ActionSpec]:
    """The actions that a brain may propose here: the writes of the recipes, and the reads that these grant."""
    specs = situation.actions.specs
    recipes = [situation.playbook.recipes[each.key] for each in situation.recipes]
    writes = [each.calling.action for each in recipes]
    reads = [name for each in recipes for name in each.reads if _is_there(name, specs, writes=False)]
    return [specs[name] for name in dict.fromkeys([*writes, *reads])]
