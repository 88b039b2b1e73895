"""What every part of the story does: write as a customer, press and fill in as an agent, wait for what people see."""

from collections.abc import Mapping

from app.demo.reading import draw_entry, flat, in_thread
from app.demo.stage import Json, Stage
from app.demo.telling import Page, Teller, seconds
from app.demo.waiting import expect, until
from bot.intents import Action
from emulators.slack import Person
from emulators.twilio import Customer, Written
from storage.queries.running import unfinished_jobs
from storage.queries.verdicts import verdicts


class Scene:
    """Somewhere that a story plays. Every method raises DemoFailed where an effect does not come."""

    def __init__(self, stage: Stage, teller: Teller) -> None:
        self.stage = stage
        self.teller = teller

    async def write(self, page: Page, customer: Customer, text: str, *, copies: int = 1) -> Written:
        written = await customer.write(text, copies=copies, concurrently=copies > 1)
        expect(written.ok, f"Threadline accepts the message, and answered {written.statuses}")
        page.phone(customer.name, text, incoming=False, note=f"accepted in {seconds(written.latency)}")
        return written

    async def verdict(self, customer: Customer, number: int) -> str:
        """What triage said about this customer's number-th message."""

        async def said() -> list[str]:
            found = await verdicts(self.stage.engine, channel="whatsapp", address=customer.number)
            return list(found[number - 1 : number])

        return (await until(said, f"{customer.name}'s message to be understood"))[0]

    async def in_thread(self, card: str, text: str) -> Json:
        """The message under the card that says this."""
        return await until(lambda: in_thread(self.stage, card, text), f"“{text}” in the card's thread")

    async def on_card(self, card: str, words: str) -> None:
        await until(lambda: words in flat(self.stage, self.stage.card(card)), f"the card to say “{words}”")

    async def press(self, ts: str, person: Person, action: Action) -> float:
        """Seconds until Slack had its answer."""
        press = await person.press(self.stage.channel, ts, action)
        expect(press.outcome == "acknowledged", f"Slack gets an answer to {person.real_name}'s click")
        return press.seconds

    async def open(self, card: str, person: Person, action: Action) -> Json:
        """Press a button of the card, and the form that it opens."""
        await self.press(card, person, action)
        return (await until(person.modals, f"{person.real_name}'s form"))[-1]

    async def submit(self, person: Person, form: Json, values: Mapping[str, str]) -> None:
        sent = await person.submit(form["id"], values)
        expect(sent.outcome == "closed", f"{person.real_name}'s form closes, and it said {dict(sent.errors)}")

    def is_settled(self, card: str, status: str) -> bool:
        """One line is left of it."""
        drawn = flat(self.stage, self.stage.card(card))
        return "\n" not in drawn and status in drawn

    def show_thread(self, page: Page, card: str) -> None:
        drawn = [draw_entry(self.stage, each, page.columns) for each in self.stage.thread(card)]
        page.slack("\n\n".join(drawn), title="Slack  the card's thread")

    async def idle(self) -> bool:
        return not await unfinished_jobs(self.stage.engine)
