"""The story by e-mail: a mail becomes a ticket, its answer a mail below it, and what answers it goes on."""

import time

from app.demo.mail import DESK
from app.demo.reading import by_number, draw, in_thread
from app.demo.scene import Scene
from app.demo.telling import Page, seconds
from app.demo.waiting import expect, until
from bot.intents import Action, Field
from emulators.mail import MailCustomer

SUBJECT = "My invoice"
WRITTEN = "Hello,\n\nthe invoice of order 8810 shows the wrong address. Could you send me a new one, please?\n\nDana"
ANSWER = "Of course, Dana! Which address should it show?"
THANKS = "12 Harbour Street, please. When will it come?"


class Letters(Scene):
    """Of somebody with a mailbox."""

    async def tell(self, customer: MailCustomer) -> None:
        with self.teller.step(f"{customer.name} writes a mail: a ticket, and Mia's answer stands below it") as page:
            card = await self._ask(page, customer)
            await self._answer(page, card, customer)
        with self.teller.step(f"{customer.name} answers and quotes it all: only the new words are shown") as page:
            await self._go_on(page, card, customer)

    async def _ask(self, page: Page, customer: MailCustomer) -> str:
        stage, before, began = self.stage, len(self.stage.cards()), time.perf_counter()
        written = await customer.write(DESK, SUBJECT, WRITTEN)
        expect(written.arrived, f"Threadline takes the mail, and said {written.failure}")
        page.phone(customer.name, f"✉️ {SUBJECT}\n\n{WRITTEN}", incoming=False, note="to its SMTP port")
        await until(lambda: len(stage.cards()) > before, "the card of the mail's ticket")
        card = by_number(stage, stage.cards())[-1]
        page.say(f"The card stood in #{stage.channel.name} {seconds(time.perf_counter() - began)} after Send.")
        page.slack(draw(stage, card, page.columns), title=f"Slack  #{stage.channel.name}")
        return str(card["ts"])

    async def _answer(self, page: Page, card: str, customer: MailCustomer) -> None:
        mia = self.stage.mia
        await self.submit(mia, await self.open(card, mia, Action.REPLY), {Field.TEXT: ANSWER})
        (answer,) = await until(lambda: customer.inbox, "the answer in the mailbox")
        expect(answer.thread == 1, "it stands below the mail that it answers")
        expect(ANSWER in answer.text and ANSWER in answer.html, "it says what Mia wrote")
        page.phone(customer.name, f"✉️ {answer.subject}\n\n{ANSWER}", incoming=True, note="in the same conversation")

    async def _go_on(self, page: Page, card: str, customer: MailCustomer) -> None:
        reply = await customer.reply(customer.inbox[0], THANKS)
        expect(reply.arrived and ANSWER in reply.text, "the answer quotes what it answers")
        page.phone(customer.name, reply.text.strip(), incoming=False)
        said = await self.in_thread(card, THANKS)
        expect(in_thread(self.stage, card, "wrote:") is None, "what is quoted is not shown again")
        page.slack(draw(self.stage, said, page.columns), title="Slack  in the thread")
        page.say("The address that she answered to is signed: it names the conversation, and nobody can guess one.")
