"""The part of the story in which the AI works: it proposes, the playbook's policy disposes, and the shop is asked."""

import re
import time

from app.commands.runs_told import step_lines
from app.demo.reading import draw, draw_entry, flat
from app.demo.scene import Scene
from app.demo.stage import Json
from app.demo.telling import Page, seconds
from app.demo.waiting import expect, until
from bot.intents import Action
from core.errors import NotFound
from emulators.slack import Person
from emulators.twilio import Customer
from storage.database import Database
from storage.playbooks import Playbooks
from storage.queries.run_lists import RunStory, newest_of, story
from ticketing.resolution.shown import ShownRun
from ticketing.resolution.shown_steps import lasted

CLOSED, ACCEPTED = "Closed", "Customer accepted"
PROMPT = 10.0  # seconds from Send to a closed ticket: nobody should wait longer for what needs nobody
_YES = "Yes, thank you!"


class Resolving(Scene):
    """Returns of things that the shop has sold."""

    async def alone(self, customer: Customer, order: str, words: str, *, told_whole: bool = True) -> str:
        """The customer wants a small refund, and has it; the card. `told_whole`: with every rule's answer."""
        began = time.perf_counter()
        with self.teller.step(f"{customer.name} wants a refund below 100: it is made, and nobody touches it") as page:
            before = self.known()
            await self.write(page, customer, words)
            card = await self.card_about(order, before)
            await until(lambda: self.is_settled(card, CLOSED), "the AI to close the ticket")
            took = time.perf_counter() - began
            answer = await until(lambda: next((m for m in customer.inbox if "on its way" in m.body), None), "the news")
            page.phone(customer.name, answer.body, incoming=True, note=answer.status)
            page.say(f"From Send to a closed ticket: {seconds(took)}. Clicks: none. How it went, from the record:")
            await self.show_run(page, card, told_whole=told_whole)
            page.slack(self._drawn(page, card), title=f"Slack  #{self.stage.channel.name}")
            expect(took < PROMPT, f"it takes less than {PROMPT:.0f} s, and took {seconds(took)}")
            expect(await self.paid(order) == 1, "the shop has paid once")
        return card

    async def with_a_click(self, customer: Customer, order: str, words: str, agrees: Person) -> str:
        """Somebody has to agree first; then the AI finishes it and the customer says that all is well. The card."""
        with self.teller.step(f"{customer.name} wants more: the AI prepares it, {agrees.real_name} agrees") as page:
            before = self.known()
            await self.write(page, customer, words)
            card = await self.card_about(order, before)
            request = await self.in_thread(card, "[Approve]")
            page.slack(draw_entry(self.stage, request, page.columns), title="Slack  the card's thread")
            expect(not await self.paid(order), "nothing is paid before somebody has agreed")
            began = time.perf_counter()
            await self.press(request["ts"], agrees, Action.APPROVE)
            answer = await until(
                lambda: next((m for m in customer.inbox if "refunded" in m.body and order in m.body), None),
                "the customer to be told",
            )
            page.phone(customer.name, answer.body, incoming=True, note=f"{seconds(time.perf_counter() - began)} later")
            expect(await self.paid(order) == 1, "the shop has paid once")
            await self.write(page, customer, _YES)
            await until(lambda: self.is_settled(card, ACCEPTED), "the card to become one line")
            page.slack(self._drawn(page, card), title=f"Slack  #{self.stage.channel.name}")
        return card

    def known(self) -> frozenset[str]:
        """The cards that there are."""
        return frozenset(str(each["ts"]) for each in self.stage.cards())

    async def card_about(self, order: str, before: frozenset[str]) -> str:
        """The card of a ticket about this order, which was not there before."""

        def found() -> Json | None:
            new = (each for each in self.stage.cards() if each["ts"] not in before)
            return next((each for each in new if order in flat(self.stage, each)), None)

        return str((await until(found, f"the card about order {order}"))["ts"])

    async def paid(self, order: str) -> int:
        """How often the shop has paid back for this order since it opened."""
        return (await self.stage.shop.refunded()).count(f"ch_{order}")

    async def show_run(self, page: Page, card: str, *, told_whole: bool) -> None:
        """What `threadline runs show` says; or each step alone."""
        number = self.number_of(card)
        told = await self._story(number)
        for step in told.run.steps:
            line, *because = step_lines(step, told.run.begun_at)
            page.aside(line)
            for more in because if told_whole else ():
                page.aside(more)
        if told.run.took is not None:
            page.say(f"The AI's own part: {lasted(told.run.took)}. “threadline runs show {number}” says it again.")

    def number_of(self, card: str) -> int:
        """Of the ticket."""
        return int(re.findall(r"#(\d+)", flat(self.stage, self.stage.card(card)))[0])

    async def ended(self, number: int) -> ShownRun | None:
        """The newest run over this ticket; None before it is over."""
        try:
            run = (await self._story(number)).run
        except NotFound:
            return None
        return None if run.is_open else run

    async def _story(self, number: int) -> RunStory:
        dsn = self.stage.settings.database_url
        assert dsn is not None, "a stage has a database of its own"
        store, playbooks = Database(dsn, size=1), Playbooks()
        try:
            async with store.snapshot() as session:
                return await story(session, await newest_of(session, number), await playbooks.current(session))
        finally:
            await store.close()

    def _drawn(self, page: Page, card: str) -> str:
        return draw(self.stage, self.stage.card(card), page.columns)
