"""A customer in Slack: their profile from a card, what is known of them, merged with another one and parted again."""

from typing import Any

from bot.intents import Action, Field
from core.instants import utc_now
from core.messages import Inbound
from emulators.slack import Person, as_text
from tests.bot.office import Office, told

OTHER = Inbound("TG1", "telegram", "99", "777001", "Anna M", "Hello?", None)


async def profile(office: Office, person: Person) -> Any:
    return await office.press(person, Action.CUSTOMER)


def screen(person: Person) -> str:
    return " ".join(as_text(person.modals()[-1], columns=400).replace("│", "").split())


class TestCustomer:
    async def test_is_one_click_from_the_card_and_changed_in_place(self, office: Office, mia: Person) -> None:
        view = await profile(office, mia)
        assert "WhatsApp · +4915112345678" in screen(mia)
        assert "#1 Broken mug" in screen(mia)
        await mia.press_in(view, Action.EDIT_CUSTOMER)
        wrong = await mia.submit(view, {Field.LANGUAGE: "German, please"})
        assert "no language" in wrong.errors[Field.LANGUAGE]
        wrong = await mia.submit(view, {Field.ATTRIBUTES: "vip"})
        assert "name=value" in wrong.errors[Field.ATTRIBUTES]
        await mia.submit(view, {Field.TIER: "gold", Field.LANGUAGE: "de", Field.ATTRIBUTES: "vip=true\norders=3"})
        assert "gold · speaks de" in screen(mia)
        assert "orders: 3 vip: true" in screen(mia)
        await mia.press_in(view, Action.EDIT_CUSTOMER)
        await mia.submit(view, {Field.ATTRIBUTES: "orders=4"})
        assert (await office.one("SELECT custom FROM customer"))["custom"] == {"orders": 4}
        await office.show()
        assert "gold · WhatsApp" in " ".join(office.card().split())

    async def test_is_merged_after_a_preview_and_parted_by_a_click(self, office: Office, mia: Person) -> None:
        async with office.desk.start() as uow:
            await uow.conversations.open_for(OTHER, at=utc_now())
        view = await profile(office, mia)
        await mia.press_in(view, Action.MERGE_CUSTOMER)
        (found,) = await mia.suggestions(Field.CUSTOMER, "anna m", view_id=view)
        assert found["text"]["text"] == "Anna M · Telegram 777001"
        await mia.submit(view, {Field.CUSTOMER: found})
        assert "Anna M becomes part of Anna" in screen(mia)
        assert (await office.one("SELECT count(*) AS n FROM customer_merge"))["n"] == 0
        await mia.submit(view)
        assert "Telegram · 777001" in screen(mia)
        await mia.press_in(view, Action.PART_CUSTOMERS)
        assert "Telegram · 777001" not in screen(mia)
        merge = await office.one("SELECT by_name, undone_by FROM customer_merge")
        assert (merge["by_name"], merge["undone_by"]) == ("Mia", "Mia")

    async def test_a_stranger_sees_nobody(self, office: Office, stranger: Person) -> None:
        assert await profile(office, stranger) is None
        assert "not in Threadline" in told(stranger)

    async def test_who_was_overtaken_is_told_and_changes_nothing(
        self, office: Office, mia: Person, ben: Person
    ) -> None:
        mias, bens = await profile(office, mia), await profile(office, ben)
        await mia.press_in(mias, Action.EDIT_CUSTOMER)
        await ben.press_in(bens, Action.EDIT_CUSTOMER)
        await mia.submit(mias, {Field.TIER: "gold"})
        await ben.submit(bens, {Field.TIER: "silver"})
        assert "Somebody has just changed" in screen(ben)
        assert (await office.one("SELECT tier FROM customer"))["tier"] == "gold"
