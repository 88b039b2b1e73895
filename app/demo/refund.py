"""The part of the story about a return: the form asks for what its process wants, a supervisor agrees with a click, the
customer accepts.
"""

import time

from app.demo.reading import draw, draw_entry, filled, flat
from app.demo.scene import Scene
from app.demo.stage import Json
from app.demo.telling import Page, seconds
from app.demo.waiting import expect, until
from bot.intents import Action, Field
from bot.views.field_inputs import block_of
from emulators.slack import Person
from emulators.twilio import Customer

_AMOUNT = "250"  # more than an agent may give alone
_WHY = "The courier dropped it, and it was her second parcel."
_YES = "Yes, please!"
_RESOLUTION, _REFUND = block_of("resolution"), block_of("refund_amount")
_PROPOSED, ACCEPTED = "Resolution proposed", "Customer accepted"


class Refund(Scene):
    """Of one ticket, whose card stands at `card`."""

    async def tell(self, card: str, customer: Customer, holder: Person) -> None:
        name, sara = holder.real_name, self.stage.sara
        with self.teller.step(
            f"{name} proposes to refund {_AMOUNT}: somebody has to agree, and the form asks why"
        ) as page:
            request = await self._propose(page, card, holder)
        with self.teller.step(f"{sara.real_name} sees what it is about, and approves with one click") as page:
            await self._approve(page, card, request, holder)
        with self.teller.step(f"{customer.name} is asked, and says yes: the card becomes one line") as page:
            await self._accept(page, card, customer)

    async def _propose(self, page: Page, card: str, holder: Person) -> Json:
        """The request's post in the card's thread."""
        stage = self.stage
        form = await self.open(card, holder, Action.STATUS)
        await self.submit(holder, form, {Field.STATUS: "investigating"})
        await self.on_card(card, "Investigating")
        form = await self.open(card, holder, Action.STATUS)
        chosen = {Field.STATUS.value: "resolution_proposed"}
        await holder.press_in(form["id"], Field.STATUS, value=chosen[Field.STATUS], values={})
        await holder.press_in(form["id"], _RESOLUTION, value="refund", values=chosen)
        chosen[_RESOLUTION] = "refund"
        await holder.press_in(form["id"], _REFUND, value=_AMOUNT, values=chosen)
        asked = holder.modals()[-1]
        expect("needs an approval" in flat(stage, asked), "the form says that somebody has to agree")
        values = chosen | {_REFUND: _AMOUNT, Field.WHY.value: _WHY}
        page.say("What the form asks for comes as it is filled in: the resolution, then the amount, then the reason.")
        page.slack(draw(stage, filled(asked, values), page.columns), title=f"Slack  {holder.real_name}'s screen")
        await self.submit(holder, asked, values)
        request = await self.in_thread(card, "[Approve]")
        page.slack(draw_entry(stage, request, page.columns), title="Slack  the card's thread")
        await self.on_card(card, "Investigating")
        page.say("The ticket stays where it is until it is decided.")
        return request

    async def _approve(self, page: Page, card: str, request: Json, holder: Person) -> None:
        stage, ts = self.stage, request["ts"]
        await self.press(ts, holder, Action.APPROVE)
        told = await until(holder.ephemerals, f"{holder.real_name} to be told")
        page.say(f"First {holder.real_name} tries it alone, and only {holder.real_name} sees: “{told[-1]['text']}”")
        began = time.perf_counter()
        took = await self.press(ts, stage.sara, Action.APPROVE)
        await self.on_card(card, _PROPOSED)
        whole = time.perf_counter() - began
        page.say(f"The answer to her click took {seconds(took)}; {seconds(whole)} after it the ticket had gone on.")
        await self.in_thread(card, "The ticket went on")
        settled = await until(lambda: self._without_buttons(ts), "the request to say who approved it")
        page.slack(draw_entry(stage, settled, page.columns), title="Slack  the card's thread")

    async def _accept(self, page: Page, card: str, customer: Customer) -> None:
        stage = self.stage
        offer = await until(
            lambda: next((each for each in customer.inbox if "Is that all right" in each.body), None),
            "the proposal on the phone",
        )
        page.phone(customer.name, offer.body, incoming=True, note=offer.status)
        await self.write(page, customer, _YES)
        await until(lambda: self.is_settled(card, ACCEPTED), "the card to become one line")
        page.slack(draw(stage, stage.card(card), page.columns), title=f"Slack  #{stage.channel.name}")

    def _without_buttons(self, ts: str) -> Json | None:
        post = self.stage.slack.message(self.stage.channel, ts)
        return None if "[Approve]" in flat(self.stage, post) else post
