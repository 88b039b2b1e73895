"""Policy decides about a proposed write, in one transaction: done now, asked about, suggested, or left to a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from core.errors import Refused
from threadline import ActionSpec
from ticketing.approvals.for_action import request_for_action, use_for_action
from ticketing.approvals.gates import CLOSED_GATE, ApprovalNeeded, Gate
from ticketing.approvals.load_gate import load_gate
from ticketing.people.actor import AI, person_acting
from ticketing.playbook.conditions import Context
from ticketing.playbook.resolving import Autonomy, MoveTo, Recipe
from ticketing.resolution.act import SPENT_BY
from ticketing.resolution.agree import NobodyNamed, agreed_to, costs, gate_rule, rule_for, same_rule
from ticketing.resolution.ask_customer import ask_to_confirm, asks_about_it
from ticketing.resolution.begin import settle_in
from ticketing.resolution.book import Book
from ticketing.resolution.context import PolicyContext, stored
from ticketing.resolution.fill import decided_values, fill, other_currency
from ticketing.resolution.hand_over import hand_over
from ticketing.resolution.record import as_json, verdict_as_json
from ticketing.resolution.run import Json, RunState, Step, StepKind, StepState
from ticketing.resolution.tell import NotTold
from ticketing.resolution.verdict import PolicyVerdict, Ruling
from ticketing.resolution.way import made_of_ticket, way_of


class Write(NamedTuple):
    """A write that a brain has proposed, and what its recipe makes of it."""

    spec: ActionSpec
    recipe: Recipe


@dataclass(frozen=True, slots=True)
class Decided:
    """Policy's verdict on a write, in the book of its run."""

    book: Book
    write: Write
    proposed: Mapping[str, Json]
    verdict: PolicyVerdict
    context: PolicyContext
    customer: str  # their name
    job: str  # that the call is made by
    steps: Sequence[Step]  # of the run until now

    async def follow(self) -> Step | None:
        """The call that may be made now, which counts as begun. None: it is not, or not yet."""
        self._hold_to_word()
        decision = self._note()
        step = await self._follow()
        if step is None and self.book.run.is_open:  # it waits: once the ticket says something else, it is decided anew
            made = made_of_ticket(self.book, self.write.recipe, self.write.spec)
            self.book.rewrite(replace(decision, outputs={**decision.outputs, "made": made}))
        return step

    async def _follow(self) -> Step | None:
        if self.verdict.ruling in (Ruling.REFUSED, Ruling.PERSON):
            await self._hand_over(self.verdict.because, reply=self.verdict.tell)
            return None
        book, write = self.book, self.write
        kind = book.playbook.type(book.ticket.type)
        money = other_currency(kind, book.playbook, write.spec, write.recipe, self.verdict.arguments)
        if (why := money or await self._over_budget()) is not None:
            await self._hand_over(why)
            return None
        if self.book.reach is Autonomy.SHADOW:
            await self._try_out()
            return None
        if self.book.reach is Autonomy.SUGGEST and self.book.run.agreed is None:
            why = f"The AI suggests: {self.write.recipe.label}. {self.verdict.because}"
            self.book.run = replace(self.book.run, state=RunState.SUGGESTED, why=why)
            return None
        try:
            return await self._act_or_ask()
        except NobodyNamed as error:
            await self._hand_over(str(error))
        except NotTold as error:
            await self._hand_over(f"The customer could not be asked: {error.why}.")
        except Refused as refusal:  # the ticket could not go the recipe's way afterwards: so nothing is done
            await self._hand_over(refusal.message)
        return None

    async def _try_out(self) -> None:
        """It does nothing. What people have seen of a run that might have acted when it began does not vanish."""
        book, would = self.book, f"It would have done this: {self.write.recipe.label}."
        if book.run.autonomy is Autonomy.SHADOW:
            book.end(RunState.SHADOWED, would)
            return
        await self._hand_over(f"The AI only tries such tickets out now. {would}")

    def _hold_to_word(self) -> None:
        """Whoever said "do it" has said so to what they saw: to anything else they are asked again."""
        run = self.book.run
        if run.agreed is None or run.arguments is None:
            return
        would_do = (self.write.spec.name, dict(self.verdict.arguments), self.verdict.amount)
        if (run.action, run.arguments, run.amount) != would_do:
            self.book.run = replace(run, agreed=None)

    def _note(self) -> Step:
        """Policy's verdict, with all that it was reached from."""
        verdict, book = self.verdict, self.book
        decision = book.write(
            StepKind.DECIDE,
            self.write.spec.name,
            inputs={
                "proposed": as_json(self.proposed),
                "context": stored(self.context),
                "playbook": book.playbook.version,
            },
            outputs={"verdict": verdict_as_json(verdict)},
            outcome=verdict.ruling.value,
            why=verdict.because,
            amount=verdict.amount,
        )
        book.record(
            "run.decided",
            action=self.write.spec.name,
            ruling=verdict.ruling.value,
            rule=verdict.decided_by,
            held=[each.rule for each in verdict.rules if each.held],
            failed=[each.rule for each in verdict.rules if not each.held],
            amount=str(verdict.amount) if verdict.amount is not None else None,
            playbook=book.playbook.version,
        )
        book.run = replace(
            book.run,
            recipe=self.write.recipe.key,
            action=self.write.spec.name,
            arguments=dict(verdict.arguments),
            amount=verdict.amount,
            trying_since=None,
            heard=book.ground.heard,
        )
        return decision

    async def _over_budget(self) -> str | None:
        """In words. Nobody is kept from spending it meanwhile: the call that begins is held against it once more."""
        most, amount = self.book.policy.budget.amount_per_month, self.verdict.amount
        if most is None or amount is None:
            return None
        spent = await self.book.uow.runs.spent(self.book.ticket.type, self.book.ticket.id, at=self.book.now)
        if spent.amount + amount <= most:
            return None
        return f"This month's budget of {most} for this type of ticket does not cover it"

    async def _act_or_ask(self) -> Step | None:
        """Raises NobodyNamed, NotTold, and what giving fields or moving the ticket would."""
        book, recipe = self.book, self.write.recipe
        await settle_in(book)
        move = way_of(book, self.customer).first_move(recipe, book.ticket)
        await fill(book, decided_values(book, recipe, self._names), towards=move.to if move else None)
        if self.verdict.ruling is Ruling.NEEDS_CONFIRMATION:
            await self._ask_customer()
            return None
        rule = rule_for(self.verdict, book.run, book.reach, book.policy, book.playbook)
        gate = await self._gate(move)
        rule = same_rule(rule, gate_rule(book.ticket, move, book.playbook, gate))
        held_back = self._rehearsed(gate, rule)
        if rule is not None and (held_back or not await self._agreed(rule)):
            await self._ask(rule, move)
            return None
        return await self._begin()

    async def _ask_customer(self) -> None:
        """Their yes is good for exactly these arguments: so the ticket, by which they are asked, has to say the same.

        Raises NotTold.
        """
        book = self.book
        if not asks_about_it(book, self.write.recipe, self.write.spec, self.verdict):
            await self._hand_over("The AI would do something else than the customer could be asked about.")
            return
        await ask_to_confirm(book, self.verdict, steps=self.steps, customer=self.customer)

    def _rehearsed(self, gate: Gate, rule: str | None) -> bool:
        """Whether only this approval is missing on the ticket's way. Raises what moving it would."""
        try:
            way_of(self.book, self.customer).rehearse(self.write.recipe, self.book.ticket, gate)
        except ApprovalNeeded as needed:
            if needed.rule == rule:
                return True
            raise
        return False

    async def _agreed(self, rule: str) -> bool:
        """Whether somebody has agreed to exactly this. What they gave is used up with it."""
        book = self.book
        given = await use_for_action(
            book.ticket, rule, self.write.spec.name, called_with=self._called_with, uow=book.uow
        )
        if given is not None:
            book.write(StepKind.AGREED, rule, outputs={"approval": str(given.id)})
        return given is not None

    @property
    def _called_with(self) -> str:
        return agreed_to(self.write.spec.name, self.verdict.arguments, self.verdict.amount)

    @property
    def _names(self) -> Context:
        return self.context.with_arguments(self.verdict.arguments)

    async def _gate(self, move: MoveTo | None) -> Gate:
        if move is None:
            return CLOSED_GATE
        book = self.book
        return await load_gate(book.ticket, move.to, by=AI, around=book.around, uow=book.uow, now=book.now)

    async def _ask(self, rule: str, move: MoveTo | None) -> None:
        book = self.book
        by = person_acting(await book.uow.people.get(book.run.agreed)) if book.run.agreed is not None else AI
        asked = await request_for_action(
            book.ticket,
            rule,
            self.write.spec.name,
            f"{self.write.recipe.label}: {self.verdict.because}",
            called_with=self._called_with,
            amount=costs(self.verdict.arguments, self.verdict.amount),
            to=move.to if move is not None else None,
            by=by,
            uow=book.uow,
            now=book.now,
        )
        book.write(StepKind.ASK_APPROVAL, rule, outputs={"approval": str(asked.id)}, why=self.verdict.because)
        if book.run.approval_id is not None and book.run.approval_id != asked.id:
            await book.withdraw(book.run.approval_id)
        waiting = f"It waits for an approval: {asked.label}."
        book.run = replace(book.run, state=RunState.WAITING_FOR_APPROVAL, approval_id=asked.id, why=waiting)

    async def _begin(self) -> Step:
        """From here on it may have happened."""
        book = self.book
        step = book.write(
            StepKind.ACT,
            self.write.spec.name,
            state=StepState.BEGUN,
            inputs={"arguments": dict(self.verdict.arguments)},
            outputs={**called_by(self.job, book.now), SPENT_BY: book.ticket.type},
            outcome="begun",
            key=book.key,
            amount=self.verdict.amount,
        )
        if self.verdict.amount is not None:
            within = book.policy.budget
            book.uow.runs.spend(book.ticket.type, at=book.now, amount=self.verdict.amount, within=within)
        return step

    async def _hand_over(self, why: str, *, reply: str | None = None) -> None:
        await hand_over(self.book, why, customer=self.customer, reply=reply)


def called_by(job: str, at: datetime) -> Mapping[str, Json]:
    """Kept with a call that begins: whose it is, so that nobody else takes it for one that died."""
    return {"job": job, "called_at": at.isoformat()}
