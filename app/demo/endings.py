"""What the AI may not do, or cannot: each way to end that is no refund, with what the customer got and who has it."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.demo.mail import DESK
from app.demo.resolving import Resolving
from app.demo.waiting import expect, until
from bot.intents import Action, Field
from emulators.mail import MailCustomer
from emulators.slack import Person
from emulators.twilio import Customer

_WANTED = "My order #{order} arrived damaged. I would like a refund, please."
_NOT_FOUND = "cannot find this order"
_A_COLLEAGUE = "A colleague looks into this"
_ABOVE = "##- Please write your answer above this line -##"
_AWAY = 40  # calls of the shop, more than anybody makes until the customer has an answer


@dataclass(frozen=True, slots=True)
class Case:
    """`told`: words of what the customer gets."""

    what: str
    customer: Customer | MailCustomer
    order: str
    told: str


class Endings(Resolving):
    """Of other orders than those that are paid back elsewhere in the story."""

    async def refused(self, cases: Sequence[Case]) -> None:
        """All at once: none waits for another."""
        with self.teller.step("What policy refuses: nothing is paid, each is told, and a person has it") as page:
            ends = await asyncio.gather(*map(self._end, cases))
            page.table(("The order is", "The customer got", "The ticket"), ends)
            page.say("Whose an order is stays the shop's secret: another's looks like none.")

    async def away(self, case: Case) -> None:
        with self.teller.step("The shop is down: it is asked again for a while, then a person is told so") as page:
            await self.stage.shop.down(times=_AWAY)
            page.table(("The shop is", "The customer got", "The ticket"), [await self._end(case)])
            await self.stage.shop.up()

    async def rejected(self, case: Case, by: Person, why: str) -> None:
        with self.teller.step(f"{by.real_name} rejects one: nothing is paid, and a person has it") as page:
            before = self.known()
            await self._write(case)
            card = await self.card_about(case.order, before)
            request = await self.in_thread(card, "[Approve]")
            form = await self._form(request["ts"], by)
            await self.submit(by, form, {Field.TEXT: why})
            page.table((f"{by.real_name} says", "The customer got", "The ticket"), [await self._seen(case, card)])

    async def _form(self, ts: str, by: Person) -> dict[str, object]:
        await self.press(ts, by, Action.REJECT)
        return (await until(by.modals, f"{by.real_name}'s form"))[-1]

    async def _end(self, case: Case) -> tuple[str, str, str]:
        before = self.known()
        await self._write(case)
        return await self._seen(case, await self.card_about(case.order, before))

    async def _write(self, case: Case) -> None:
        words = _WANTED.format(order=case.order)
        if isinstance(case.customer, MailCustomer):
            expect((await case.customer.write(DESK, "Damaged", words)).arrived, "Threadline takes the mail")
        else:
            expect((await case.customer.write(words)).ok, "Threadline accepts the message")

    async def _seen(self, case: Case, card: str) -> tuple[str, str, str]:
        number = self.number_of(card)
        got = await until(_news(case), f"{case.customer.name} to be told: {case.told}")
        run = await until(lambda: self.ended(number), f"the AI to leave #{number} to a person")
        expect(not await self.paid(case.order), "nothing is paid")
        return case.what, got, f"#{number}, {run.state.value.replace('_', ' ')}: {run.why}"


def _news(case: Case) -> Callable[[], str | None]:
    def arrived() -> str | None:
        return next((each for each in _got(case.customer) if case.told in each), None)

    return arrived


def _got(customer: Customer | MailCustomer) -> list[str]:
    """What they were told, each on one line: mails break theirs where they like."""
    if isinstance(customer, MailCustomer):
        bodies = [each.text.split("\n> ")[0].removeprefix(_ABOVE) for each in customer.inbox]
    else:
        bodies = [each.body for each in customer.inbox]
    return [" ".join(each.split()) for each in bodies]


def refusals(clara: Customer, clara_by_mail: MailCustomer, rita: Customer, paul: Customer) -> list[Case]:
    """One of each kind. Clara's mailbox is the one that the shop knows, and her provider stands behind it."""
    return [
        Case("somebody else's", rita, "78990", _NOT_FOUND),
        Case("41 days old", clara_by_mail, "78120", "within 30 days"),
        Case("refunded already", clara, "78915", "refunded already"),
        Case("nobody's", paul, "99999", _NOT_FOUND),
    ]


def while_away(ines: Customer) -> Case:
    return Case("down", ines, "78871", _A_COLLEAGUE)


def to_reject(tom: Customer, why: str) -> Case:
    return Case(why, tom, "78962", _A_COLLEAGUE)
