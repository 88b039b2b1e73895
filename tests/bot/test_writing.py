"""A form for a reply says who else has one open; closing it unsent takes that back, and Slack's failures too."""

from bot.intents import Action, Field
from emulators.slack import Person, as_text
from tests.bot.office import Office


def shown(person: Person) -> str:
    return as_text(person.modals()[-1], columns=200)


async def writing(office: Office) -> list[str]:
    return [row["name"] for row in await office.all("SELECT name FROM replying JOIN person ON person.id = person_id")]


class TestForm:
    async def test_the_second_sees_the_first_and_the_first_saw_nobody(
        self, office: Office, mia: Person, ben: Person
    ) -> None:
        await office.press(mia, Action.REPLY)
        await office.press(ben, Action.REPLY)
        assert "has been writing" not in shown(mia)
        assert "✍️ Mia has been writing a reply since" in shown(ben).split("Damaged")[0].split("To ")[0]

    async def test_it_holds_up_nobody(self, office: Office, mia: Person, ben: Person) -> None:
        await office.press(mia, Action.REPLY)
        view = await office.press(ben, Action.REPLY)
        assert (await ben.submit(view, {Field.TEXT: "Hello."})).outcome == "closed"

    async def test_closing_it_unsent_is_noticed(self, office: Office, mia: Person, ben: Person) -> None:
        closed = await mia.close(await office.press(mia, Action.REPLY))
        assert closed is not None
        assert closed.outcome == "acknowledged"
        await office.press(ben, Action.REPLY)
        assert "has been writing" not in shown(ben)

    async def test_sending_it_is_noticed(self, office: Office, mia: Person, ben: Person) -> None:
        await mia.submit(await office.press(mia, Action.REPLY), {Field.TEXT: "Hello."})
        await office.press(ben, Action.REPLY)
        assert "has been writing" not in shown(ben)

    async def test_overtaken_they_go_on_writing(self, office: Office, mia: Person, ben: Person) -> None:
        views = [await office.press(person, Action.REPLY) for person in (mia, ben)]
        await ben.submit(views[1], {Field.TEXT: "Hello."})
        assert (await mia.submit(views[0], {Field.TEXT: "Which colour?"})).outcome == "updated"
        assert await writing(office) == ["Mia"]
        await mia.close(mia.modals()[-1]["id"])
        assert await writing(office) == []

    async def test_a_form_that_never_opened_is_not_being_filled_in(self, office: Office, mia: Person) -> None:
        office.workspace.faults.next("views.open", error="expired_trigger_id")
        await office.press(mia, Action.REPLY)
        assert await writing(office) == []

    async def test_closing_a_form_that_says_nothing_we_know_changes_nothing(self, office: Office, mia: Person) -> None:
        view = await office.press(mia, Action.REPLY)
        mia.modals()[-1]["private_metadata"] = "{}"
        closed = await mia.close(view)
        assert closed is not None
        assert closed.outcome == "acknowledged"
        assert await writing(office) == ["Mia"]
