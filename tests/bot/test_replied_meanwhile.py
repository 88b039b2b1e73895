"""Two people answer one customer: the second is told before it happens, once, and keeps what they typed."""

import json
from typing import Any

import pytest

from bot.intents import Action, Field
from core.ids import new_id
from emulators.slack import Person, as_text
from tests.bot.office import EITHER_WAY, Office


async def replies(office: Office) -> list[str]:
    return [row["text"] for row in await office.all("SELECT text FROM message WHERE direction = 'out' ORDER BY at")]


def typed(view: dict[str, Any]) -> str:
    return str(next(b["element"]["initial_value"] for b in view["blocks"] if b.get("block_id") == Field.TEXT))


class TestRepliedMeanwhile:
    @EITHER_WAY
    async def test_the_second_is_shown_the_first_reply_and_may_send_theirs_all_the_same(
        self, office: Office, mia: Person, ben: Person
    ) -> None:
        views = [await office.press(person, Action.REPLY) for person in (mia, ben)]
        assert (await ben.submit(views[1], {Field.TEXT: "A <new> one is on its way."})).outcome == "closed"

        done = await mia.submit(views[0], {Field.TEXT: "Which colour?"})

        assert done.outcome == "updated"
        assert await replies(office) == ["A <new> one is on its way."]
        form = mia.modals()[-1]
        shown = as_text(form, columns=200)
        assert "⚠️ Ben replied at" in shown
        assert "while you were writing: “A <new> one is on its way.”" in shown
        assert typed(form) == "Which colour?"
        assert (await mia.submit(form["id"], {Field.TEXT: "Which colour?"})).outcome == "closed"
        assert await replies(office) == ["A <new> one is on its way.", "Which colour?"]

    async def test_the_status_that_was_chosen_is_kept_too(self, office: Office, mia: Person, ben: Person) -> None:
        await office.press(mia, Action.CLAIM)
        views = [await office.press(person, Action.REPLY) for person in (mia, ben)]
        await ben.submit(views[1], {Field.TEXT: "Hello."})
        await mia.submit(views[0], {Field.TEXT: "Which colour?", Field.THEN: "waiting_on_customer"})
        menus = [b["element"] for b in mia.modals()[-1]["blocks"] if b.get("block_id") == Field.THEN]
        assert menus[0]["initial_option"]["value"] == "waiting_on_customer"

    async def test_a_third_reply_is_told_anew(self, office: Office, mia: Person, ben: Person) -> None:
        mine, first = [await office.press(person, Action.REPLY) for person in (mia, ben)]
        await ben.submit(first, {Field.TEXT: "First."})
        await mia.submit(mine, {Field.TEXT: "Mine."})
        await ben.submit(await office.press(ben, Action.REPLY), {Field.TEXT: "Second."})
        await mia.submit(mia.modals()[-1]["id"], {Field.TEXT: "Mine."})
        assert "“Second.”" in as_text(mia.modals()[-1], columns=200)
        assert await replies(office) == ["First.", "Second."]

    async def test_ones_own_reply_and_one_that_was_there_before_say_nothing(
        self, office: Office, mia: Person, ben: Person
    ) -> None:
        await ben.submit(await office.press(ben, Action.REPLY), {Field.TEXT: "Before."})
        view = await office.press(mia, Action.REPLY)
        person = await office.desk.person_by_email("mia@desk.example")
        assert person is not None
        await office.desk.reply(office.ticket.id, "Mine, elsewhere.", by=person, request="elsewhere")
        assert (await mia.submit(view, {Field.TEXT: "Mine."})).outcome == "closed"
        assert await replies(office) == ["Before.", "Mine, elsewhere.", "Mine."]

    async def test_one_that_was_undone_says_nothing(self, office: Office, mia: Person, ben: Person) -> None:
        views = [await office.press(person, Action.REPLY) for person in (mia, ben)]
        await ben.submit(views[1], {Field.TEXT: "Wrong window."})
        await office.show()
        await ben.press(office.support, office.workspace.thread(office.support, office.ts)[1]["ts"], Action.UNDO)
        assert (await mia.submit(views[0], {Field.TEXT: "Which colour?"})).outcome == "closed"

    async def test_a_submission_that_comes_twice_is_no_news_to_its_own_writer(
        self, office: Office, mia: Person, ben: Person
    ) -> None:
        view = await office.press(mia, Action.REPLY)
        payload = (await mia.submit(view, {Field.TEXT: "Which colour?"})).payload
        await ben.submit(await office.press(ben, Action.REPLY), {Field.TEXT: "Hello."})
        again = await office.workspace.courier.interaction(payload)
        assert (again.acknowledged, again.body in ("", {}, None)) == (True, True)
        assert await replies(office) == ["Which colour?", "Hello."]


class TestForgedForms:
    async def test_a_form_of_another_conversation_is_refused(self, office: Office, mia: Person) -> None:
        await office.press(mia, Action.REPLY)
        elsewhere = {"t": str(office.ticket.id), "c": str(new_id()), "v": 1}
        done = await mia.submit(forged(mia, ticket=elsewhere), {Field.TEXT: "Hello"})
        assert "about another conversation" in done.errors[Field.TEXT]
        assert await replies(office) == []

    @pytest.mark.parametrize("seen", ["yesterday", 7, [], {}])
    async def test_an_instant_that_is_none_is_refused(self, office: Office, mia: Person, seen: object) -> None:
        await office.press(mia, Action.REPLY)
        form = forged(mia, seen=seen)
        assert "older version of Threadline" in (await mia.submit(form, {Field.TEXT: "Hello"})).errors[Field.TEXT]
        assert await replies(office) == []


def forged(person: Person, **changes: object) -> str:
    """Their open form, with other metadata; its id."""
    view = person.modals()[-1]
    view["private_metadata"] = json.dumps(json.loads(view["private_metadata"]) | changes)
    return str(view["id"])
