"""The story: what happens, step by step. Each step does one thing as a customer or an agent, waits until its effect is
seen where people would see it, and only then tells it.
"""

import asyncio
import time

from app.demo.endings import Endings, refusals, to_reject, while_away
from app.demo.letters import Letters
from app.demo.reading import by_number, delivery, draw, filled, flat, in_thread, webhooks
from app.demo.resolving import Resolving
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
BROKEN_TEAPOT = "I received a damaged item — order #78932. I'd like a refund."
BROKEN_KETTLE = "The kettle arrived damaged too, order #78940. I'd like a refund for it as well."
BROKEN_GRINDER = "And the grinder of order #78951 arrived damaged. I would like a refund, please."
PROBLEM = "You charged my card twice and nobody answers. I am really annoyed!"
REJECTED = "The photo shows a scratch, no damage."
COMMENT = "The bank confirms that it was taken twice."
REPLY = "I'm sorry about that, Nora! We are looking into it, and you will hear from us today."
THANKS = "Thank you so much!"
MUG = "My mug arrived like this — order 6621. I'd like a refund."
_OPEN = "Status: 🆕 Open"
TWO_ISSUES = (
    "The mug from order 5512 arrived cracked, please refund me. Also, where is order 5519? It was due on Monday."
)


class Story(Scene):
    """One telling. `tell` raises DemoFailed at the first step whose effect does not come."""

    def __init__(self, stage: Stage, teller: Teller) -> None:
        super().__init__(stage, teller)
        self.clara = stage.twilio.customer("+14155550123", name="Clara")
        self.nora = stage.twilio.customer("+14155550167", name="Nora")
        self.rita = stage.twilio.customer("+14155550191", name="Rita")
        self.paul = stage.twilio.customer("+14155550189", name="Paul")
        self.ines = stage.twilio.customer("+14155550177", name="Inês")
        self.tom = stage.twilio.customer("+14155550145", name="Tom")
        self.lena = stage.telegram.customer(7_000_000_042, name="Lena")
        self.dana = stage.mail.customer("dana@customer.example", name="Dana")
        self.clara_by_mail = stage.mail.customer("clara@customer.example", name="Clara Whitfield")
        self.books: list[tuple[str, str]] = []  # filled by the last step

    async def tell(self) -> None:
        act = self.teller.act
        act("A customer writes on WhatsApp")
        await self._greeting()
        act("The AI resolves what it may")
        resolving = Resolving(self.stage, self.teller)
        await resolving.alone(self.clara, "78932", BROKEN_TEAPOT)
        await resolving.with_a_click(self.clara, "78940", BROKEN_KETTLE, self.stage.mia)
        await resolving.with_a_click(self.clara, "78951", BROKEN_GRINDER, self.stage.sara)
        act("What people do stays theirs")
        card = await self._problem()
        holder, colleague = await self._claim(card)
        await self._comment(card, colleague)
        await self._reply(card, holder)
        await self._thanks(card)
        await self._two_issues()
        act("Another writes on Telegram")
        await self._photo()
        act("A third writes a mail")
        await Letters(self.stage, self.teller).tell(self.dana)
        act("Where the AI leaves it to people")
        await self._endings()
        act("The same with Claude")
        await self._claude(resolving)
        with self.teller.step("Nothing is left undone") as page:
            await self._balance(page)

    async def _endings(self) -> None:
        stage = self.stage
        endings = Endings(stage, self.teller)
        await endings.rejected(to_reject(self.tom, REJECTED), stage.mia, REJECTED)
        await endings.refused(refusals(self.clara, self.clara_by_mail, self.rita, self.paul))
        await endings.away(while_away(self.ines))

    async def _claude(self, resolving: Resolving) -> None:
        stage, tom = self.stage, self.tom
        with self.teller.step("The worker starts again, and Claude thinks for it (Anthropic's API, emulated)"):
            await stage.processes.think_with("claude")
        await resolving.alone(tom, "78990", BROKEN_TEAPOT.replace("78932", "78990"), told_whole=False)
        with self.teller.step("The offline brain has it again: whoever goes on here needs no scripted model"):
            await stage.processes.think_with("offline")

    async def _greeting(self) -> None:
        stage = self.stage
        with self.teller.step("Clara says hello: no ticket, but somebody should answer") as page:
            await self.write(page, self.clara, GREETING)
            page.say(await self.verdict(self.clara, 1))
            await until(stage.light_cards, "the conversation's light card in Slack")
            expect(not stage.cards(), "a greeting opens no ticket")
            page.slack(draw(stage, stage.light_cards()[0], page.columns), title=f"Slack  #{stage.channel.name}")

    async def _problem(self) -> str:
        with self.teller.step("Nora was charged twice: that is for people, and the ticket is filled in") as page:
            began, before = time.perf_counter(), len(self.stage.cards())
            await self.write(page, self.nora, PROBLEM)
            await until(lambda: len(self.stage.cards()) > before, "the ticket's card in Slack")
            took = time.perf_counter() - began
            card = str(by_number(self.stage, self.stage.cards())[-1]["ts"])
            await self.in_thread(card, PROBLEM)
            page.say(
                f"The card stood in #{self.stage.channel.name} {seconds(took)} after she pressed Send; "
                f"for {seconds(BURST)} of that Threadline waited for her to finish writing."
            )
            page.slack(
                draw(self.stage, self.stage.card(card), page.columns), title=f"Slack  #{self.stage.channel.name}"
            )
            self.show_thread(page, card)
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
            expect(not self.nora.inbox, "the customer's phone shows nothing of it")
            page.slack(f"{name}\n{COMMENT}", title="Slack  in the thread")
            page.say(f"The card now says “💬 {words.count(1, 'comment')}”. Nora's phone: no new message.")

    async def _reply(self, card: str, holder: Person) -> None:
        stage, name = self.stage, holder.real_name
        with self.teller.step(f"{name} replies: the answer is on Nora's phone") as page:
            form = await self.open(card, holder, Action.REPLY)
            page.slack(draw(stage, filled(form, {Field.TEXT: REPLY}), page.columns), title=f"Slack  {name}'s screen")
            began = time.perf_counter()
            sent = await holder.submit(form["id"], {Field.TEXT: REPLY})
            expect(sent.outcome == "closed", "the form closes")
            seen: list[Delivery] = []
            await until(lambda: self._follow(card, seen) and seen[-1] is Delivery.DELIVERED, "the reply's two ticks")
            arrived = await until(lambda: self.nora.inbox, "the reply on the phone")
            expect([each.body for each in arrived] == [REPLY], "the phone shows the reply once, word for word")
            page.phone("Nora", arrived[0].body, incoming=True, note=_arrival(arrived[0], began))
            await self.nora.read()
            await until(lambda: self._follow(card, seen) and seen[-1] is Delivery.READ, "the tick for “read”")
            page.say("Its state in the thread: " + "  ›  ".join(words.delivery(state) for state in seen))

    async def _thanks(self, card: str) -> None:
        with self.teller.step("Nora says thanks: her ticket stays as it is") as page:
            before = len(self.stage.cards())
            await self.write(page, self.nora, THANKS)
            page.say(await self.verdict(self.nora, 2))
            await self.in_thread(card, THANKS)
            stays = _OPEN in flat(self.stage, self.stage.card(card)) and len(self.stage.cards()) == before
            expect(stays, "no ticket is reopened or opened")
            self.show_thread(page, card)

    async def _two_issues(self) -> None:
        stage = self.stage
        await stage.twilio.settle()  # earlier reports: this step counts
        with self.teller.step("Tom asks two things in one message: two tickets") as page:
            before, cards = await webhooks(stage), len(stage.cards())
            await self.write(page, self.tom, TWO_ISSUES, copies=2)
            after = await webhooks(stage)
            new = {outcome: after[outcome] - before.get(outcome, 0) for outcome in ("accepted", "duplicate")}
            expect(new == {"accepted": 1, "duplicate": 1}, "the second delivery is known to be the same message")
            page.say("Twilio delivered it twice. Both were answered; the second was seen to be the same message.")
            page.say(await self.verdict(self.tom, 1))
            await until(lambda: len(stage.cards()) == cards + 2, "two more cards")
            for card in by_number(stage, stage.cards())[-2:]:
                await self.in_thread(card["ts"], TWO_ISSUES)
                page.slack(draw(stage, card, page.columns), title=f"Slack  #{stage.channel.name}")

    async def _photo(self) -> None:
        stage = self.stage
        with self.teller.step("Lena sends a photo: it stands in the ticket's thread as a picture") as page:
            self.lena.start()
            began, before = time.perf_counter(), len(stage.cards())
            self.lena.photo(drawn("It arrived like this"), caption=MUG)
            page.phone("Lena", f"🖼 photo\n{MUG}", incoming=False)
            await until(lambda: len(stage.cards()) > before, "her ticket's card")
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
        stage = self.stage
        await stage.twilio.settle()
        await until(self.idle, "all jobs to be done")
        stuck = await parked(stage.engine)
        expect(not stuck, "no job failed, yet: " + "; ".join(f"{job.name}: {job.error}" for job in stuck))
        counted, refunded = await webhooks(stage), await stage.shop.refunded()
        written = [each for each in stage.twilio.messages.values() if each.direction == "inbound"]
        replies = [each for customer in stage.twilio.customers for each in customer.inbox]
        reported = counted.get("accepted", 0) - len(written)
        expect(len(refunded) == len(set(refunded)) == 4, "four orders were paid back, each once")
        expect(len(stage.light_cards()) == 1, "one conversation had a light card")
        expect(len({each.body for each in self.clara.inbox}) == len(self.clara.inbox), "nobody was told a thing twice")
        expect(
            reported == sum(3 if each.status == "read" else 2 for each in replies),
            "Twilio reported sent, delivered and read, and each report was accepted",
        )
        page.say("No job waits, none failed, and everything was counted once on both sides.")
        page.say(f"Clara's greeting had a light card; it is one line now: {flat(stage, stage.light_cards()[0])}")
        calls = [call for call in stage.slack.calls if call.status == 200]
        others = [each.mine for customer in (self.dana, self.clara_by_mail) for each in customer.mails]
        others += [each.mine for each in self.lena.screen]
        self.books = [
            ("Customers' messages accepted", str(len(written) + others.count(True))),
            ("Twilio's delivery reports accepted", str(reported)),
            ("Deliveries seen to be duplicates", str(counted.get("duplicate", 0))),
            ("Tickets, each with one card in Slack", str(len(stage.cards()))),
            ("Conversations that waited without a ticket", str(len(stage.light_cards()))),
            ("Refunds in the shop's books, each order once", str(len(refunded))),
            ("Messages to customers, delivered once", str(len(replies) + others.count(False))),
            ("Calls of Slack's Web API", str(len(calls))),
            ("Calls of Claude's API", str(len(stage.claude.calls))),
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
