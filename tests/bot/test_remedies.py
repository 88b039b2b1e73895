"""It arrived, and Send again: from the thread and from the card, once, and with the truth when it is too late."""

from typing import Any
from uuid import UUID

from sqlalchemy import text

from bot.intents import Action, Field
from emulators.slack import Person, as_text
from tests.bot.office import Office, told


async def unknown(office: Office, person: Person, state: str = "unknown") -> dict[str, Any]:
    """The post of a reply that ended in this state."""
    view = await office.press(person, Action.REPLY)
    assert (await person.submit(view, {Field.TEXT: "On its way."})).outcome == "closed"
    await becomes(office, state)
    return (await posts(office))[0]


async def becomes(office: Office, state: str) -> UUID:
    async with office.engine.begin() as connection:
        change = text("UPDATE message SET delivery = :state, error = 'Why.' WHERE direction = 'out' RETURNING id")
        message_id: UUID = (await connection.execute(change, {"state": state})).scalar_one()
        await connection.execute(text("UPDATE room_entry SET needs_showing = true"))
    return message_id


async def posts(office: Office) -> list[dict[str, Any]]:
    await office.show()
    return [dict(post) for post in office.workspace.thread(office.support, office.ts)[1:]]


class TestItArrived:
    async def test_from_the_thread(self, office: Office, mia: Person, ben: Person) -> None:
        post = await unknown(office, mia)
        assert as_text(post).splitlines() == [
            "📤 Mia → customer · ❓ unknown · Why.",
            "On its way.",
            "[It arrived] [Send again]",
        ]
        await ben.press(office.support, post["ts"], Action.ARRIVED)
        (after,) = await posts(office)
        assert as_text(after).splitlines() == [
            "📤 Mia → customer · ✓ sent · Ben says that it arrived",
            "On its way.",
        ]
        assert "may not have arrived" not in office.card()

    async def test_from_the_card(self, office: Office, mia: Person) -> None:
        await unknown(office, mia)
        assert "❓ The last reply may not have arrived. Why." in office.card()
        await mia.press(office.support, office.ts, Action.ARRIVED)
        await office.show()
        assert "may not have arrived" not in office.card()


class TestSendAgain:
    async def test_leaves_a_note_at_the_old_one_and_a_new_one_below(self, office: Office, mia: Person) -> None:
        post = await unknown(office, mia)
        await mia.press(office.support, post["ts"], Action.SEND_AGAIN)
        old, new = await posts(office)
        assert as_text(old).splitlines() == [
            "📤 Mia → customer · ❓ unknown · sent again by Mia · Why.",
            "On its way.",
        ]
        assert as_text(new).splitlines()[0] == "📤 Mia → customer · sending in a moment"

    async def test_a_second_one_is_told_who_was_first(self, office: Office, mia: Person, ben: Person) -> None:
        post = await unknown(office, mia)
        await mia.press(office.support, post["ts"], Action.SEND_AGAIN)
        await ben.press(office.support, post["ts"], Action.SEND_AGAIN)
        assert told(ben) == "Mia has sent it again already."

    async def test_what_arrived_meanwhile_is_not_sent_again(self, office: Office, mia: Person) -> None:
        post = await unknown(office, mia)
        await becomes(office, "delivered")
        await mia.press(office.support, post["ts"], Action.SEND_AGAIN)
        assert told(mia) == "It has been delivered meanwhile. It was not sent again."

    async def test_a_stranger_can_do_neither(self, office: Office, mia: Person, stranger: Person) -> None:
        post = await unknown(office, mia)
        for action in (Action.ARRIVED, Action.SEND_AGAIN):
            await stranger.press(office.support, post["ts"], action)
            assert "You are not in Threadline" in told(stranger)
        assert await office.all("SELECT delivery FROM message WHERE direction = 'out'") == [{"delivery": "unknown"}]
