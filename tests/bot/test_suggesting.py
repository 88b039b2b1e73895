"""Suggest reply: the form waits, the words come into its box, nothing that was typed is lost, and only Send sends."""

from typing import Any
from uuid import UUID

import pytest

from bot.handlers.suggest import show_suggestion
from bot.intents import Action, Field, Shortcut
from bot.reach import WorkersReach
from core.errors import ChannelUnavailable
from core.instants import utc_now
from core.messages import Limits
from emulators.slack import NoSuchButton, Person, Upload, as_text
from tests.bot.office import Office
from tests.pictures import a_picture
from ticketing.drafting.draft import Brief, Drafted
from ticketing.drafting.suggest import write_draft

WORDS = "Hello Anna, could you send us a photo & tell us its size?"
LINE = "\n\n———\n\n"


class Suggests:
    """A brain that suggests this, or fails so."""

    def __init__(self, answer: str | Exception | None = WORDS) -> None:
        self.answer = answer
        self.asked: list[Brief] = []

    async def draft(self, brief: Brief) -> Drafted | None:
        self.asked.append(brief)
        if isinstance(self.answer, Exception):
            raise self.answer
        return Drafted(self.answer, "test", "1") if self.answer is not None else None


async def work(office: Office, drafter: Suggests) -> None:
    """What a worker does with the newest that was asked for."""
    row = await office.one("SELECT id FROM reply_draft ORDER BY asked_at DESC LIMIT 1")
    asked, person = await write_draft(row["id"], drafter=drafter, start=office.desk.start, clock=utc_now)
    reach = WorkersReach(office.desk, office.rooms, office.slack, utc_now)
    await show_suggestion(reach, asked, person)


async def suggested(office: Office, person: Person, view: str, drafter: Suggests | None = None, **typed: Any) -> None:
    await person.press_in(view, Action.SUGGEST, **typed)
    await work(office, drafter or Suggests())


def text_in(person: Person) -> str | None:
    blocks = (block for block in person.modals()[-1]["blocks"] if block["block_id"].startswith(Field.TEXT))
    text: str | None = next(blocks)["element"].get("initial_value")
    return text


def shown(person: Person) -> str:
    return as_text(person.modals()[-1], columns=20_000)


async def replies(office: Office) -> list[str]:
    return [each["text"] for each in await office.all("SELECT text FROM message WHERE direction = 'out' ORDER BY at")]


async def record(office: Office) -> Any:
    row = await office.one("SELECT after FROM activity WHERE kind = 'reply.written' ORDER BY seq DESC LIMIT 1")
    return row["after"]


async def test_it_comes_into_the_empty_box_and_only_send_sends_it(office: Office, mia: Person) -> None:
    view = await office.press(mia, Action.REPLY)
    await mia.press_in(view, Action.SUGGEST)
    assert "✨ The AI is writing a suggestion …" in shown(mia)
    await work(office, Suggests())
    assert text_in(mia) == WORDS
    assert "Read it, and change what is not so, before you send it." in shown(mia)
    assert await replies(office) == []
    assert (await mia.submit(view, {Field.TEXT: f"{WORDS} Thank you!"})).outcome == "closed"
    assert await replies(office) == [f"{WORDS} Thank you!"]
    assert (await record(office))["drafted_by"] == "ai"


async def test_below_what_was_typed_and_with_what_was_chosen(office: Office, mia: Person) -> None:
    images = Limits(text=1600, caption=lambda _: 0, file=lambda kind: 100_000 if kind.startswith("image/") else 0)
    office.desk.limits["whatsapp"] = images  # type: ignore[index]  # the handlers have this desk
    await office.press(mia, Action.CLAIM)
    view = await office.press(mia, Action.REPLY)
    values: dict[str, Any] = {
        Field.TEXT: "Sorry!\n",
        Field.THEN: "resolved",
        Field.FILES: [Upload("a.jpg", a_picture())],
    }
    await mia.press_in(view, Action.SUGGEST, values=values)
    assert "Sorry!" in shown(mia)
    await work(office, Suggests())
    assert text_in(mia) == f"Sorry!{LINE}{WORDS}"
    assert (await mia.submit(view)).outcome == "closed"
    assert await replies(office) == [f"Sorry!{LINE}{WORDS}", ""]
    assert (await office.all("SELECT next_status FROM message WHERE next_status IS NOT NULL"))[0] == {
        "next_status": "resolved"
    }


async def test_what_goes_in_is_this_tickets_room_and_no_comment(office: Office, mia: Person) -> None:
    await office.desk.comment(office.ticket.id, "They always lie.", by=await person(office, "mia"))
    await mia.submit(await office.press(mia, Action.REPLY), {Field.TEXT: "Which colour?"})
    drafter = Suggests()
    await suggested(office, mia, await office.press(mia, Action.REPLY), drafter)
    (brief,) = drafter.asked
    assert [(line.text, line.by_customer) for line in brief.lines] == [("Which colour?", False)]
    assert "They always lie." not in "\n".join(brief.said())
    assert (brief.customer, brief.agent, brief.subject) == ("Anna <!here>", "Mia", "Broken mug")


async def person(office: Office, name: str) -> Any:
    return await office.desk.person_by_email(f"{name}@desk.example")


class TestNone:
    """Why there is none is said in the form, and what was typed is back in its box."""

    @pytest.mark.parametrize(
        ("answer", "why"),
        [
            (None, "The AI has nothing to suggest here."),
            (
                ChannelUnavailable("Anthropic's models are overloaded."),
                "no suggestion: Anthropic's models are overloaded.",
            ),
            (ZeroDivisionError(), "no suggestion: the AI failed (ZeroDivisionError)."),
            ("See evil.example!", "no suggestion: The AI suggested a link that stands nowhere on this ticket"),
        ],
    )
    async def test_whatever_goes_wrong(
        self, office: Office, mia: Person, answer: str | Exception | None, why: str
    ) -> None:
        view = await office.press(mia, Action.REPLY)
        await suggested(office, mia, view, Suggests(answer), values={Field.TEXT: "Mine."})
        assert why in shown(mia)
        assert text_in(mia) == "Mine."
        assert (await mia.submit(view)).outcome == "closed"
        assert "drafted_by" not in await record(office)

    async def test_while_the_ai_is_off_nobody_asks_it(self, office: Office, mia: Person) -> None:
        await office.desk.switch_ai(on=False)
        view = await office.press(mia, Action.REPLY)
        await mia.press_in(view, Action.SUGGEST, values={Field.TEXT: "Mine."})
        assert "⚠️ The AI is switched off, so it suggests nothing." in shown(mia)
        assert text_in(mia) == "Mine."
        assert await office.all("SELECT id FROM reply_draft") == []

    async def test_switched_off_meanwhile_nobody_asks_it_either(self, office: Office, mia: Person) -> None:
        await mia.press_in(await office.press(mia, Action.REPLY), Action.SUGGEST)
        await office.desk.switch_ai(on=False)
        drafter = Suggests()
        await work(office, drafter)
        assert drafter.asked == []
        assert "The AI is switched off" in shown(mia)

    async def test_one_that_does_not_fit_below_what_was_typed_is_not_cut(self, office: Office, mia: Person) -> None:
        view = await office.press(mia, Action.REPLY)
        await suggested(office, mia, view, values={Field.TEXT: "x" * 1590})
        assert "The suggestion was not added: the reply would have 1,654 characters, and takes 1,600." in shown(mia)
        assert text_in(mia) == "x" * 1590
        await mia.submit(view)
        assert "drafted_by" not in await record(office)


class TestMeanwhile:
    async def test_who_goes_on_without_it_has_what_they_typed_and_it_comes_too_late(
        self, office: Office, mia: Person
    ) -> None:
        view = await office.press(mia, Action.REPLY)
        await mia.press_in(view, Action.SUGGEST, values={Field.TEXT: "Mine."})
        await mia.press_in(view, Action.GO_ON)
        assert text_in(mia) == "Mine."
        await work(office, Suggests())
        assert text_in(mia) == "Mine."
        assert (await mia.submit(view)).outcome == "closed"
        assert await replies(office) == ["Mine."]

    async def test_one_is_written_at_a_time_for_a_form(self, office: Office, mia: Person) -> None:
        view = await office.press(mia, Action.REPLY)
        await mia.press_in(view, Action.SUGGEST, values={Field.TEXT: "Mine."})
        await mia.press_in(view, Action.GO_ON)
        await mia.press_in(view, Action.SUGGEST)
        assert "⚠️ The AI is still writing the one you asked for before. Ask again in a moment." in shown(mia)
        assert text_in(mia) == "Mine."
        assert len(await office.all("SELECT id FROM reply_draft")) == 1
        await work(office, Suggests())
        await suggested(office, mia, view)
        assert text_in(mia) == f"Mine.{LINE}{WORDS}"

    async def test_sent_while_it_waits_nothing_leaves_and_the_words_are_back(self, office: Office, mia: Person) -> None:
        view = await office.press(mia, Action.REPLY)
        await mia.press_in(view, Action.SUGGEST, values={Field.TEXT: "Mine."})
        assert (await mia.submit(view)).outcome == "updated"
        assert "⚠️ This was not sent: the AI was still writing." in shown(mia)
        await work(office, Suggests())
        assert text_in(mia) == "Mine."
        assert await replies(office) == []
        assert (await mia.submit(view)).outcome == "closed"
        assert await replies(office) == ["Mine."]

    async def test_closed_while_it_waits_nobody_is_writing(self, office: Office, mia: Person, ben: Person) -> None:
        view = await office.press(mia, Action.REPLY)
        await mia.press_in(view, Action.SUGGEST)
        await mia.close(view)
        await work(office, Suggests())
        assert mia.modals() == []
        await office.press(ben, Action.REPLY)
        assert "has been writing" not in shown(ben)

    async def test_a_worker_that_dies_after_asking_does_not_ask_again(self, office: Office, mia: Person) -> None:
        view = await office.press(mia, Action.REPLY)
        await mia.press_in(view, Action.SUGGEST)
        office.workspace.faults.next("views.update", status=503)
        drafter = Suggests()
        with pytest.raises(Exception, match="Slack answered"):
            await work(office, drafter)
        await work(office, drafter)
        await work(office, drafter)  # a third time: the form is another one by now
        assert text_in(mia) == WORDS
        assert len(drafter.asked) == 1
        assert (await mia.submit(view)).outcome == "closed"

    async def test_a_form_that_never_waited_is_not_written_for(self, office: Office, mia: Person) -> None:
        view = await office.press(mia, Action.REPLY)
        office.workspace.faults.next("views.update", error="hash_conflict")
        await mia.press_in(view, Action.SUGGEST, values={Field.TEXT: "Mine."})
        (row,) = await office.all("SELECT text, why FROM reply_draft")
        assert row == {"text": None, "why": "Nobody waits for it any more."}
        assert (await mia.submit(view)).outcome == "closed"
        assert await replies(office) == ["Mine."]

    async def test_what_a_colleague_asked_for_is_nobody_elses(self, office: Office, mia: Person, ben: Person) -> None:
        await mia.press_in(await office.press(mia, Action.REPLY), Action.SUGGEST)
        bens = await office.press(ben, Action.REPLY)
        await ben.press_in(bens, Action.SUGGEST, values={Field.TEXT: "Ben's"})
        rows = await office.all("SELECT id, person_id FROM reply_draft ORDER BY asked_at")
        mias = UUID(str(rows[0]["id"]))
        ben.modals()[-1]["private_metadata"] = ben.modals()[-1]["private_metadata"].replace(
            str(rows[1]["id"]), str(mias)
        )
        done = await ben.submit(bens)
        assert "There is no such suggestion." in shown(ben)
        assert done.outcome == "updated"


async def test_ones_own_comment_with_a_suggestion_below_is_recorded_as_both(office: Office, mia: Person) -> None:
    said = await mia.say(office.support, "We look for it.", office.ts)
    await mia.message_shortcut(office.support, said.message["ts"], Shortcut.SEND_COMMENT)
    view = mia.modals()[-1]["id"]
    await suggested(office, mia, view)
    assert text_in(mia) == f"We look for it.{LINE}{WORDS}"
    assert (await mia.submit(view)).outcome == "closed"
    found = await record(office)
    assert found["drafted_by"] == "ai"
    assert "comment" in found


async def test_undone_and_written_anew_it_is_still_the_ais(office: Office, mia: Person) -> None:
    said = await mia.say(office.support, "We look for it.", office.ts)
    await mia.message_shortcut(office.support, said.message["ts"], Shortcut.SEND_COMMENT)
    view = mia.modals()[-1]["id"]
    await suggested(office, mia, view)
    await mia.submit(view)
    before = await record(office)
    await office.show()
    post = next(
        each for each in office.workspace.thread(office.support, office.ts) if "Mia → customer" in as_text(each)
    )
    await mia.press(office.support, post["ts"], Action.UNDO)
    assert (await mia.submit(mia.modals()[-1]["id"])).outcome == "closed"
    again = await record(office)
    assert again["message"] != before["message"]
    assert {**again, "message": before["message"]} == before


async def test_without_a_ticket_there_is_no_such_button(office: Office, mia: Person) -> None:
    view = await office.press(mia, Action.COMMENT)
    with pytest.raises(NoSuchButton):
        await mia.press_in(view, Action.SUGGEST)
