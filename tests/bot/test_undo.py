"""Undo, on a reply that has not left: it never will, and its words come back to be written anew."""

from typing import Any

from bot.intents import Action, Field
from emulators.slack import Person, as_text
from tests.bot.office import Office, told

WORDS = "A new <mug> is on its way & *soon* there."


async def written(office: Office, person: Person, **more: str) -> dict[str, Any]:
    """The reply's post in the thread, after this person has written one."""
    view = await office.press(person, Action.REPLY)
    assert (await person.submit(view, {Field.TEXT: WORDS, **more})).outcome == "closed"
    return await shown(office)


async def shown(office: Office) -> dict[str, Any]:
    await office.show()
    return dict(office.workspace.thread(office.support, office.ts)[1])


def field(view: dict[str, Any], name: Field) -> dict[str, Any]:
    return next(dict(block["element"]) for block in view["blocks"] if block.get("block_id") == name)


class TestUndo:
    async def test_gives_the_words_and_the_status_back_in_the_form(self, office: Office, mia: Person) -> None:
        await office.press(mia, Action.CLAIM)
        post = await written(office, mia, then="waiting_on_customer")
        assert (await mia.press(office.support, post["ts"], Action.UNDO)).outcome == "acknowledged"
        form = mia.modals()[-1]
        assert field(form, Field.TEXT)["initial_value"] == WORDS
        assert field(form, Field.THEN)["initial_option"]["value"] == "waiting_on_customer"
        after = await shown(office)
        assert as_text(after) == f"📤 Mia → customer · ↩️ withdrawn before it was sent · by Mia\n{WORDS}"
        assert (await mia.submit(form["id"], {Field.TEXT: "Better so."})).outcome == "closed"
        rows = await office.all("SELECT text, delivery FROM message WHERE direction = 'out' ORDER BY at")
        assert [tuple(row.values()) for row in rows] == [(WORDS, "withdrawn"), ("Better so.", "pending")]

    async def test_when_the_form_does_not_open_the_words_come_as_a_private_message(
        self, office: Office, mia: Person
    ) -> None:
        post = await written(office, mia)
        office.workspace.faults.next("views.open", error="expired_trigger_id")
        await mia.press(office.support, post["ts"], Action.UNDO)
        assert told(mia).startswith("The reply was not sent. The form did not open")
        assert told(mia).endswith("A new &lt;mug&gt; is on its way &amp; *soon* there.")

    async def test_too_late_is_told_in_private_and_the_button_is_gone(self, office: Office, mia: Person) -> None:
        post = await written(office, mia)
        await office.deliver()
        await mia.press(office.support, post["ts"], Action.UNDO)
        assert told(mia) == "Too late to undo: the reply has been sent."
        assert mia.modals() == []
        assert as_text(await shown(office)) == f"📤 Mia → customer · ✓ sent\n{WORDS}"

    async def test_a_colleague_may_not(self, office: Office, mia: Person, ben: Person) -> None:
        post = await written(office, mia)
        await ben.press(office.support, post["ts"], Action.UNDO)
        assert told(ben).startswith("You may not undo a colleague's reply")
        assert as_text(await shown(office)).endswith("[Undo]")

    async def test_nor_a_stranger(self, office: Office, mia: Person, stranger: Person) -> None:
        post = await written(office, mia)
        await stranger.press(office.support, post["ts"], Action.UNDO)
        assert "You are not in Threadline" in told(stranger)
        assert as_text(await shown(office)).endswith("[Undo]")
