"""Work on a run: a brain proposes, policy disposes, the action is called, and what follows is done (SPEC 7.4, 7.5).

Brains and actions are asked with nothing locked; in between, short transactions look again at how things stand and
keep each step with what it did. Whoever is killed goes on from the record.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from core.errors import ChannelUnavailable, DeskError
from core.instants import Clock
from core.messages import Limits
from threadline import OutcomeKind
from ticketing.escalation.consider import consider
from ticketing.playbook.resolving import Autonomy
from ticketing.ports import StartWork
from ticketing.resolution.arguments import select
from ticketing.resolution.ask_customer import ask_for
from ticketing.resolution.begin import QUIET
from ticketing.resolution.case import Situation, case_of, proposable, read
from ticketing.resolution.hand_over import hand_over
from ticketing.resolution.look_up import LookUps
from ticketing.resolution.ports import ActionsOf, RunMovedOn
from ticketing.resolution.proposal import AskCustomer, Call, HandOver, Proposed, Resolver
from ticketing.resolution.proposals import NOT_ALLOWED, PROPOSED, as_json, as_said, is_too_long, name_of
from ticketing.resolution.run import Step, StepKind
from ticketing.resolution.tell import NotTold
from ticketing.resolution.working import SOON, NotYet
from ticketing.resolution.writing import Writing, chosen

MOST_PROPOSALS = 12
_ROUNDS = 3 * MOST_PROPOSALS  # of which some find that the desk has moved on


async def work_run(
    run_id: UUID,
    *,
    brain: Resolver,
    actions: ActionsOf,
    limits: Mapping[str, Limits],
    start: StartWork,
    clock: Clock,
    patience: timedelta,
    job: str,
) -> None:
    """Until it is over, or waits for somebody. Safe to repeat, and by several jobs at once.

    `patience`: how long what is away is waited for before a person takes over. `job` names this job and every
    repetition of it: who finds its own name on a call that began has died calling.
    Raises ChannelUnavailable: to be gone on with later.
    """
    work = _Work(run_id, brain, actions, limits, start, clock, patience, job)
    for _ in range(_ROUNDS):
        try:
            if await work.turn():
                return
        except RunMovedOn:
            continue  # somebody else works on it too: look how it stands
    raise NotYet("The ticket changed each time it was looked at.", retry_after=SOON)


class _Work(Writing):
    """From one proposal to the next."""

    async def turn(self) -> bool:
        """One proposal, with what follows from it. True: there is nothing more to do now."""
        now = self.clock()
        situation = await read(self.run_id, actions=self.actions, uow=self.start(), now=now)
        if situation is None:
            return True
        if situation.in_the_way is not None:
            return await self.stop(situation)
        if await self._has_heard(situation):
            return False
        if situation.ground.is_being_read:
            raise NotYet("What the customer has just written is being understood.", retry_after=SOON)
        if (act := situation.open_act) is not None:
            return await self.resume(situation, act)
        if (call := situation.standing_call) is not None:
            return await self.write(situation, call)
        if (why := _worn_out(situation)) is not None:
            return await self.hand_over(situation, why)
        return await self._propose(situation)

    async def _has_heard(self, situation: Situation) -> bool:
        """Whether what the customer wrote since is a reason to hand the ticket to people: then it is now."""
        if situation.ground.heard == situation.run.heard:
            return False
        return await consider(situation.ticket.id, uow=self.start(), now=self.clock())

    async def _propose(self, situation: Situation) -> bool:
        try:
            proposed = as_said(await self.brain.propose(case_of(situation)))
        except ChannelUnavailable as error:
            return await self.wait(situation, f"The AI cannot be reached. {error.message}", error.retry_after)
        except DeskError as error:
            return await self.hand_over(situation, f"The AI made nothing of it: {error.message}")
        except Exception as error:  # a fault of the brain's is no reason to leave the customer alone
            return await self.hand_over(situation, f"The AI failed ({type(error).__name__}).")
        return await self._take_up(situation, proposed)

    async def _take_up(self, situation: Situation, proposed: Proposed) -> bool:
        """What was proposed, as far as it can be made here at all."""
        specs = situation.actions.specs
        match proposed.proposal:
            case HandOver(because):
                return await self.hand_over(self._noted(situation, proposed), because or "The AI cannot go on.")
            case AskCustomer(field):
                return await self._ask(self._noted(situation, proposed), field)
            case Call() as call if is_too_long(call):
                short = replace(proposed, proposal=replace(call, arguments={}))
                return await self._refuse(situation, short, OutcomeKind.INVALID, "It is too long for any action.")
            case Call(action) if action not in {each.name for each in proposable(situation)}:
                return await self._refuse(situation, proposed, NOT_ALLOWED, f"{action[:40]} is not for this ticket.")
            case Call(action) if specs[action].writes:
                policy = situation.playbook.action_policies.get(action)
                if wrong := select(chosen(proposed.proposal, policy), specs[action].arguments).wrong:
                    return await self._refuse(situation, proposed, OutcomeKind.INVALID, f"{'; '.join(wrong[:5])}.")
                return await self.write(self._noted(situation, proposed), proposed.proposal)
            case Call() as call:
                return await self._read(self._noted(situation, proposed), call)

    def _noted(self, situation: Situation, proposed: Proposed, outcome: str = PROPOSED, why: str = "") -> Situation:
        """With the proposal on record."""
        run, now = situation.run, self.clock()
        step = Step(
            run.id,
            run.steps,
            StepKind.PROPOSE,
            name_of(proposed.proposal),
            now,
            inputs=as_json(proposed),
            outcome=outcome,
            why=why,
            ended_at=now,
        )
        return situation.with_step(step)

    async def _refuse(self, situation: Situation, proposed: Proposed, outcome: str, why: str) -> bool:
        """It is none that can be made: the brain is told so, and asked for another."""
        return await self.keep(self._noted(situation, proposed, outcome, why))

    async def _read(self, situation: Situation, call: Call) -> bool:
        look_ups = LookUps(situation, self.clock)
        outcome = await look_ups.make(call.action, call.arguments)
        if outcome.kind is OutcomeKind.UNAVAILABLE:
            return await self.wait(situation, outcome.words, outcome.retry_after)
        return await self.keep(look_ups.situation)

    async def _ask(self, situation: Situation, field: str) -> bool:
        recipes = (situation.playbook.recipes[each.key] for each in situation.recipes)
        reply = next((each.asks[field] for each in recipes if field in each.asks), None)
        if reply is None:
            return await self.hand_over(situation, "The AI would ask the customer for something it may not ask for.")
        name = situation.customer.name
        async with self.start() as uow:
            book = await self.open(situation, uow)
            if self.moved_on(book, situation):
                return False
            try:
                if book.reach is Autonomy.SHADOW or (book.reach in QUIET and book.run.agreed is None):
                    label = book.playbook.fields[field].label
                    why = f"It takes this, which the customer has to be asked for: {label}."
                    await hand_over(book, why, customer=name)
                else:
                    await ask_for(book, field, reply, steps=situation.steps, customer=name)
            except NotTold as error:
                await hand_over(book, f"The customer could not be asked: {error.why}.", customer=name)
            await book.close()
        return True


def _worn_out(situation: Situation) -> str | None:
    """Why no brain is asked any more, in words."""
    if sum(step.kind is StepKind.PROPOSE for step in situation.steps) >= MOST_PROPOSALS:
        return f"The AI has proposed {MOST_PROPOSALS} things, and none has solved it."
    most = situation.policy.budget.cost_per_ticket
    if most is not None and situation.spent is not None and situation.spent.ticket_cost >= most:
        return f"The AI has cost {most} dollars on this ticket, which is all it may."
    return None
