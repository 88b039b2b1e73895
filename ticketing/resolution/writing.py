"""From a proposed write to what came of it: facts, policy's decision, the call, and all that follows."""

from dataclasses import replace

from threadline import Outcome, OutcomeKind
from ticketing.playbook.resolving import ActionPolicy, Autonomy, milder
from ticketing.resolution.act import PERHAPS, Ended, keep_late, may_call_again, require_dead
from ticketing.resolution.arguments import select
from ticketing.resolution.case import Situation, case_of, read
from ticketing.resolution.decide import Decided, Write, called_by
from ticketing.resolution.hand_over import hand_over, stop
from ticketing.resolution.look_up import LookUps, action_context, context_of
from ticketing.resolution.phrase import phrase
from ticketing.resolution.policy import judge
from ticketing.resolution.ports import RunMovedOn
from ticketing.resolution.proposal import Call
from ticketing.resolution.run import Json, Step
from ticketing.resolution.tell import SAVED, Phrased
from ticketing.resolution.working import Working


class Writing(Working):
    """Each call is made with nothing locked, between two transactions."""

    __slots__ = ()

    async def write(self, situation: Situation, call: Call) -> bool:
        """Gather what policy decides by, have it decide, and do what it lets through."""
        spec, recipe = situation.actions.specs.get(call.action), situation.recipe_for(call.action)
        if spec is None or recipe is None:
            return await self.hand_over(situation, f"{call.action} is not for this ticket any more.")
        policy = situation.playbook.action_policies.get(call.action)
        look_ups = LookUps(situation, self.clock)
        if policy is not None:
            facts = await look_ups.facts(policy, select(chosen(call, policy), spec.arguments).values, spec)
        else:
            facts = {}
        for looked in facts.values():
            if looked.outcome.kind is OutcomeKind.UNAVAILABLE:
                return await self.wait(situation, looked.outcome.words, looked.outcome.retry_after)
        situation = look_ups.situation
        async with self.start() as uow:
            await uow.levels.stay(situation.ticket.type)  # also the first brake by hand is waited for
            (customer,) = await uow.customers.lock([situation.ticket.customer_id])
            book = await self.open(situation, uow)
            if self.moved_on(book, situation) or customer.version != situation.customer.version:
                return False
            now_so = situation.standing(book)
            since = book.now - policy.window if policy is not None else book.now
            earlier = await uow.runs.earlier(customer.id, call.action, since=since, but=book.run.id)
            context = context_of(now_so, spec, facts, earlier=earlier, now=book.now)
            verdict = judge(policy, call.arguments, context)
            decided = Decided(
                book,
                Write(spec, recipe),
                call.arguments,
                verdict,
                context,
                customer.name,
                self.job,
                situation.steps,
            )
            step = await decided.follow()
            await book.close()
        if step is None:
            return True
        return await self._begin(situation.after(book), step, Write(spec, recipe))

    async def _begin(self, situation: Situation, step: Step, write: Write) -> bool:
        """The first call. A brain phrases before it: what came of a call waits for nobody to be kept."""
        phrased = await phrase(self.brain, write.recipe, situation)
        if phrased is not None and await self._is_stopped(situation.reach):
            return await self._keep(situation, step, write, Outcome(OutcomeKind.REFUSED, words="It was not called."))
        return await self.act(situation, step, write, phrased or SAVED)

    async def _is_stopped(self, reach: Autonomy) -> bool:
        """Whether somebody, or what was measured, has taken the ground away while a brain phrased. `reach`: how far the
        run could go when it was decided.
        """
        now_so = await read(self.run_id, actions=self.actions, uow=self.start(), now=self.clock())
        return now_so is None or now_so.in_the_way is not None or milder(reach, now_so.reach) is not reach

    async def act(self, situation: Situation, step: Step, write: Write, phrased: Phrased = SAVED) -> bool:
        """The call itself, and what came of it."""
        assert step.key is not None
        context = action_context(situation, key=step.key, now=self.clock())
        outcome = await situation.actions.call(step.name, step.inputs["arguments"], context)
        return await self._keep(situation, step, write, outcome, phrased)

    async def _keep(
        self, situation: Situation, step: Step, write: Write, outcome: Outcome, phrased: Phrased = SAVED
    ) -> bool:
        try:
            async with self.start() as uow:
                book = await self.open(situation, uow)
                name = situation.customer.name
                ended = Ended(book, step, write.spec, write.recipe, outcome, name, self.patience, phrased)
                again = await ended.keep()
                await book.close()
        except RunMovedOn:
            await keep_late(self.run_id, step, outcome, limits=self.limits, uow=self.start(), now=self.clock())
            return True
        if again is not None:
            raise again
        return not book.run.is_open

    async def resume(self, situation: Situation, step: Step) -> bool:
        """A call began, and nobody knows what came of it: it is asked again with the same key where that is safe."""
        spec = situation.actions.specs.get(step.name)
        recipe = situation.playbook.recipes.get(situation.run.recipe or "")
        if recipe is not None and recipe.calling.action != step.name:
            recipe = None  # what it says now follows something else
        if spec is not None:
            require_dead(step, spec, job=self.job, now=self.clock())
        wanted = await self._is_wanted(situation, step)
        async with self.start() as uow:
            book = await self.open(situation, uow)
            if (why := book.in_the_way) is not None:
                stop(book, why, open_act=step)
                await book.close()
                return True
            if spec is None or recipe is None or not wanted or not may_call_again(step, spec):
                book.settle(step, OutcomeKind.UNKNOWN, why="Nobody knows whether it was done.")
                why = f"{step.name} may have been done: look there before you do it again."
                await hand_over(book, why, customer=situation.customer.name)
                await book.close()
                return True
            died = {PERHAPS: True} if step.outcome == "begun" else {}  # whoever called it had no time to say
            begun = replace(step, outcome="begun", outputs={**step.outputs, **died, **called_by(self.job, book.now)})
            book.rewrite(begun)
            await book.close()
        return await self.act(situation.after(book), begun, Write(spec, recipe))

    async def _is_wanted(self, situation: Situation, step: Step) -> bool:
        """Whether the customer, who may have written since it was decided, still wants it: a brain reads that."""
        if situation.ground.heard == situation.run.heard:
            return True
        try:
            proposed = await self.brain.propose(case_of(situation))
        except Exception:  # also a brain that is away: what may have happened does not wait for it, a person looks
            return False
        return isinstance(proposed.proposal, Call) and proposed.proposal.action == step.name


def chosen(call: Call, policy: ActionPolicy | None) -> dict[str, Json]:
    """What a brain chose: what policy gives is not even looked at."""
    return {name: each for name, each in call.arguments.items() if policy is None or name not in policy.sets}
