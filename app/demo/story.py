"""The story: what happens, step by step. Each step does one thing as a customer or an agent, waits until its effect is
seen where people would see it, and only then tells it.
"""

import asyncio
import time

from app.demo.letters import Letters
from app.demo.reading import by_number, delivery, draw, filled, flat, in_thread, webhooks
from app.demo.refund import ACCEPTED, Refund
from app.demo.scene import Scene
from app.demo.stage import BURST, Stage
from app.demo.telling import Page, Teller, seconds
from app.demo.waiting import expect, until
from bot.intents import Action, Field
from bot.views import words
from core.messages import Delivery
from emulators.slack import Person
from emulators.telegram import drawn
from emulators.twilio import PhoneMessage
from storage.jobs.parked import parked

GREETING = "Hi there! 👋"
PROBLEM = "I received a damaged item — order #78932. I'd like a refund."
COMMENT = "The courier confirms that the parcel was dropped. Fine with me."
REPLY = "I'm sorry about that, Clara! We are looking into it, and you will hear from us today."
THANKS = "Thank you so much!"
MUG = "My mug arrived like this — order 6621. I'd like a refund."
TWO_ISSUES = (
    "The mug from order 5512 arrived cracked, please refund me. Also, where is order 5519? It was due on Monday."
)


class Story(Scene):
    """One telling. `tell` raises DemoFailed at the first step whose effect does not come."""

    def __init__(self, stage: Stage, teller: Teller) -> None:
        super().__init__(stage, teller)
        self.clara = stage.twilio.customer("+14155550123", name="Clara")
        self.tom = stage.twilio.customer("+14155550145", name="Tom")
        self.lena = stage.telegram.customer(7_000_000_042, name="Lena")
        self.dana = stage.mail.customer("dana@customer.example", name="Dana")
        self.books: list[tuple[str, str]] = []  # filled by the last step

    async def tell(self) -> None:
        act = self.teller.act
        act("A customer writes on WhatsApp")
        await self._greeting()
        card = await self._problem()
        act("The team works in Slack")
        holder, colleague = await self._claim(card)
        await self._comment(card, colleague)
        await self._reply(card, holder)
        act("A refund that an agent may not give alone")
        await Refund(self.stage, self.teller).tell(card, self.clara, holder)
        act("The conversation goes on")
        await self._thanks(card)
        await self._two_issues()
        act("Another writes on Telegram")
        await self._photo()
        act("A third writes a mail")
        await Letters(self.stage, self.teller).tell(self.dana)
        with self.teller.step("Nothing is left undone") as page:
            await self._balance(page)

    async def _greeting(self) -> None:
        stage = self.stage
        with self.teller.step("Clara says hello: no ticket, but somebody should answer") as page:
            await self.write(page, self.clara, GREETING)
            page.say(await self.verdict(self.clara, 1))
            await until(stage.light_cards, "the conversation's light card in Slack")
            expect(not stage.cards(), "a greeting opens no ticket")
            page.slack(draw(stage, stage.light_cards()[0], page.columns), title=f"Slack  #{stage.channel.name}")

    async def _problem(self) -> str:
        with self.teller.step("Clara has a problem: a ticket appears in Slack, filled in") as page:
            began = time.perf_counter()
            await self.write(page, self.clara, PROBLEM)
            await until(self.stage.cards, "the ticket's card in Slack")
            took = time.perf_counter() - began
            card = str(self.stage.cards()[0]["ts"])
            await self.in_thread(card, PROBLEM)
            page.say(
                f"The card stood in #{self.stage.channel.name} {seconds(took)} after she pressed Send; "
                f"for {seconds(BURST)} of that Threadline waited for her to finish writing."
            )
            page.slack(
                draw(self.stage, self.stage.card(card), page.columns), title=f"Slack  #{self.stage.channel.name}"
            )
            self.show_thread(page, card)
            await until(
                lambda: "→ #1" in flat(self.stage, self.stage.light_cards()[0]), "the light card to become one line"
            )
            page.say(f"Her greeting's light card is one line now: {flat(self.stage, self.stage.light_cards()[0])}")
        return card

    async def _claim(self, card: str) -> tuple[Person, Person]:
        """Who got it, and who did not."""
        stage = self.stage
        with self.teller.step("Mia and Ben press Claim at once: one of them gets it") as page:
            both = (stage.mia, stage.ben)
            presses = await asyncio.gather(*(each.press(stage.channel, card, Action.CLAIM) for each in both))
            expect(all(press.outcome == "acknowledged" for press in presses), "Slack gets an answer to both")
            holder = await until(lambda: self._assignee(card, both), "the card to name who has it")
            colleague = next(person for person in both if person is not holder)
            told = await until(colleague.ephemerals, f"{colleague.real_name} to be told")
            expect(not holder.ephemerals(), f"{holder.real_name} has nothing to be told")
            page.say(f"{holder.real_name} has it; the answer took {seconds(max(press.seconds for press in presses))}.")
            page.say(f"Only {colleague.real_name} sees: “{told[-1]['text']}”")
        return holder, colleague

    async def _comment(self, card: str, colleague: Person) -> None:
        name = colleague.real_name
        with self.teller.step(f"{name} writes in the thread: only the team sees it") as page:
            await colleague.say(self.stage.channel, COMMENT, thread_ts=card)
            await until(
                lambda: words.count(1, "comment") in flat(self.stage, self.stage.card(card)),
                "the card to count the comment",
            )
            expect(not self.clara.inbox, "the customer's phone shows nothing of it")
            page.slack(f"{name}\n{COMMENT}", title="Slack  in the thread")
            page.say(f"The card now says “💬 {words.count(1, 'comment')}”. Clara's phone: no new message.")

    async def _reply(self, card: str, holder: Person) -> None:
        stage, name = self.stage, holder.real_name
        with self.teller.step(f"{name} replies: the answer is on Clara's phone") as page:
            form = await self.open(card, holder, Action.REPLY)
            page.slack(draw(stage, filled(form, {Field.TEXT: REPLY}), page.columns), title=f"Slack  {name}'s screen")
            began = time.perf_counter()
            sent = await holder.submit(form["id"], {Field.TEXT: REPLY})
            expect(sent.outcome == "closed", "the form closes")
            seen: list[Delivery] = []
            await until(lambda: self._follow(card, seen) and seen[-1] is Delivery.DELIVERED, "the reply's two ticks")
            arrived = await until(lambda: self.clara.inbox, "the reply on the phone")
            expect([each.body for each in arrived] == [REPLY], "the phone shows the reply once, word for word")
            page.phone("Clara", arrived[0].body, incoming=True, note=_arrival(arrived[0], began))
            await self.clara.read()
            await until(lambda: self._follow(card, seen) and seen[-1] is Delivery.READ, "the tick for “read”")
            page.say("Its state in the thread: " + "  ›  ".join(words.delivery(state) for state in seen))

    async def _thanks(self, card: str) -> None:
        with self.teller.step("Clara says thanks: her ticket stays as it is") as page:
            await self.write(page, self.clara, THANKS)
            page.say(await self.verdict(self.clara, 3))
            await self.in_thread(card, THANKS)
            stays = self.is_settled(card, ACCEPTED) and len(self.stage.cards()) == 1
            expect(stays, "no ticket is reopened or opened")
            self.show_thread(page, card)

    async def _two_issues(self) -> None:
        stage = self.stage
        await stage.twilio.settle()  # Clara's reports: this step counts
        with self.teller.step("Tom asks two things in one message: two tickets") as page:
            before = await webhooks(stage)
            await self.write(page, self.tom, TWO_ISSUES, copies=2)
            after = await webhooks(stage)
            new = {outcome: after[outcome] - before.get(outcome, 0) for outcome in ("accepted", "duplicate")}
            expect(new == {"accepted": 1, "duplicate": 1}, "the second delivery is known to be the same message")
            page.say("Twilio delivered it twice. Both were answered; the second was seen to be the same message.")
            page.say(await self.verdict(self.tom, 1))
            await until(lambda: len(stage.cards()) == 3, "two more cards")
            for card in by_number(stage, stage.cards()[1:]):
                await self.in_thread(card["ts"], TWO_ISSUES)
                page.slack(draw(stage, card, page.columns), title=f"Slack  #{stage.channel.name}")

    async def _photo(self) -> None:
        stage = self.stage
        with self.teller.step("Lena sends a photo: it stands in the ticket's thread as a picture") as page:
            self.lena.start()
            began = time.perf_counter()
            self.lena.photo(drawn("It arrived like this"), caption=MUG)
            page.phone("Lena", f"🖼 photo\n{MUG}", incoming=False)
            await until(lambda: len(stage.cards()) == 4, "her ticket's card")
            card = by_number(stage, stage.cards())[-1]
            await until(lambda: self._pictured(card["ts"]), "the picture in the card's thread")
            page.say(
                f"The picture stood in the thread {seconds(time.perf_counter() - began)} after she sent it. Threadline "
                "fetched Telegram's updates itself: no public address is needed."
            )
            self.show_thread(page, card["ts"])

    def _pictured(self, card: str) -> bool:
        return any(block["type"] == "image" for each in self.stage.thread(card) for block in each["blocks"])

    async def _balance(self, page: Page) -> None:
        await self.clara.read()
        await self.stage.twilio.settle()
        await until(self.idle, "all jobs to be done")
        stuck = await parked(self.stage.engine)
        expect(not stuck, "no job failed, yet: " + "; ".join(f"{job.name}: {job.error}" for job in stuck))
        counted = await webhooks(self.stage)
        written = [each for each in self.stage.twilio.messages.values() if each.direction == "inbound"]
        replies = [*self.clara.inbox, *self.tom.inbox]
        reported = counted.get("accepted", 0) - len(written)
        expect(len(self.stage.cards()) == 5, "five tickets have five cards")
        expect(len(self.stage.light_cards()) == 1, "one conversation had a light card")
        expect(len(self.dana.inbox) == 1, "Dana got one mail")
        expect(len(replies) == 3, "Clara got a reply, a proposal and a question how it was, each once")
        expect(reported == 9, "Twilio reported sent, delivered and read, and each report was accepted")
        page.say("No job waits, none failed, and everything was counted once on both sides.")
        calls = [call for call in self.stage.slack.calls if call.status == 200]
        others = sum(each.mine for each in self.lena.screen) + sum(each.mine for each in self.dana.mails)
        self.books = [
            ("Customers' messages accepted", str(len(written) + others)),
            ("Twilio's delivery reports accepted", str(reported)),
            ("Deliveries seen to be duplicates", str(counted.get("duplicate", 0))),
            ("Tickets, each with one card in Slack", str(len(self.stage.cards()))),
            ("Conversations that waited without a ticket", str(len(self.stage.light_cards()))),
            ("Messages to customers, delivered once", str(len(replies) + len(self.dana.inbox))),
            ("Calls of Slack's Web API", str(len(calls))),
        ]

    def _assignee(self, card: str, people: tuple[Person, ...]) -> Person | None:
        drawn = flat(self.stage, self.stage.card(card))
        return next((person for person in people if person.real_name in drawn), None)

    def _follow(self, card: str, seen: list[Delivery]) -> bool:
        """Note how far the reply has come by what the thread shows. Whether it shows anything yet."""
        reply = in_thread(self.stage, card, REPLY)
        state = delivery(self.stage, reply) if reply else None
        if state is not None and state not in seen:
            seen.append(state)
        return bool(seen)


def _arrival(message: PhoneMessage, began: float) -> str:
    return f"{message.status} {seconds(time.perf_counter() - began)} after Send"
