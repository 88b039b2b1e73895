"""Send to customer: one's own comment opens the form for a reply; everybody else is told privately why not."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text

from bot.intents import Action, Field, Shortcut
from core.messages import Limits
from emulators.slack import Person, Upload, as_text
from tests.bot.office import EITHER_WAY, Office
from tests.pictures import a_picture

LIMITS = Limits(text=1600, caption=lambda _: 100, file=lambda kind: 100_000 if kind.startswith("image/") else 0)


async def choose(office: Office, person: Person, ts: str) -> Any:
    """The shortcut in the menu of that message; the dialog that opens."""
    done = await person.message_shortcut(office.support, ts, Shortcut.SEND_COMMENT)
    assert done.outcome == "acknowledged", done
    return person.modals()[-1]


async def comment(office: Office, person: Person, words: str, *, files: Sequence[Upload] = ()) -> str:
    if files:
        said = await person.share(office.support, files, words, office.ts)
    else:
        said = await person.say(office.support, words, office.ts)
    return str(said.message["ts"])


async def replies(office: Office) -> list[dict[str, Any]]:
    return await office.all("SELECT text FROM message WHERE direction = 'out' ORDER BY at")


def shown(view: Any) -> str:
    return as_text(view, columns=20_000)


def box(view: Any) -> dict[str, Any]:
    """The box of the form and what it is filled in with."""
    return next(block for block in view["blocks"] if block["block_id"].startswith(Field.TEXT))


@EITHER_WAY
async def test_ones_own_comment_fills_in_the_form_and_only_its_button_sends(office: Office, mia: Person) -> None:
    ts = await comment(office, mia, "A new one is on its <way> & *soon* there.")
    view = await choose(office, mia, ts)
    assert "To Anna <!here> on WhatsApp" in shown(view)
    assert box(view)["element"]["initial_value"] == "A new one is on its <way> & *soon* there."
    assert await replies(office) == []
    assert (await mia.submit(view["id"])).outcome == "closed"
    assert [each["text"] for each in await replies(office)] == ["A new one is on its <way> & *soon* there."]
    record = await office.one("SELECT after FROM activity WHERE kind = 'reply.written'")
    kept = await office.one("SELECT id FROM comment")
    assert record["after"]["comment"] == str(kept["id"])


async def test_it_sends_the_newest_words_of_one_that_was_edited_with_what_is_chosen_in_the_form(
    office: Office, mia: Person
) -> None:
    await office.press(mia, Action.CLAIM)
    ts = await comment(office, mia, "Sory, which colour?")
    await mia.edit(office.support, ts, "Sorry, which colour?")
    view = await choose(office, mia, ts)
    assert (await mia.submit(view["id"], {Field.THEN: "waiting_on_customer"})).outcome == "closed"
    assert await replies(office) == [{"text": "Sorry, which colour?"}]
    await office.deliver()
    assert (await office.now())["status"] == "waiting_on_customer"


async def test_its_files_come_along_and_can_be_sent_twice(office: Office, mia: Person) -> None:
    office.desk.limits["whatsapp"] = LIMITS  # type: ignore[index]  # the handlers have this desk
    ts = await comment(office, mia, "Print this.", files=[Upload("label.jpg", a_picture())])
    for _ in range(2):
        view = await choose(office, mia, ts)
        assert "label.jpg" in shown(view)
        assert (await mia.submit(view["id"])).outcome == "closed"
    assert [each["text"] for each in await replies(office)] == ["Print this.", "Print this."]


async def test_a_file_that_the_channel_does_not_take_is_left_out_in_words(office: Office, mia: Person) -> None:
    office.desk.limits["whatsapp"] = LIMITS  # type: ignore[index]
    ts = await comment(office, mia, "The bill.", files=[Upload("bill.pdf", b"%PDF-1.7 a bill")])
    view = await choose(office, mia, ts)
    assert "The comment's files are left out: bill.pdf cannot be sent" in shown(view)
    assert (await mia.submit(view["id"])).outcome == "closed"


async def test_overtaken_by_a_colleague_it_is_still_recorded_as_that_comment(
    office: Office, mia: Person, ben: Person
) -> None:
    view = await choose(office, mia, await comment(office, mia, "Which colour?"))
    await ben.submit(await office.press(ben, Action.REPLY), {Field.TEXT: "Hello."})
    overtaken = await mia.submit(view["id"])
    assert overtaken.outcome == "updated"
    assert (await mia.submit(view["id"])).outcome == "closed"
    records = await office.all("SELECT after FROM activity WHERE kind = 'reply.written' ORDER BY seq")
    assert ["comment" in each["after"] for each in records] == [False, True]


class TestRefusals:
    """In a dialog that only they see; nothing is sent and no form opens."""

    async def test_a_colleagues_comment(self, office: Office, mia: Person, ben: Person) -> None:
        ts = await comment(office, ben, "They are lying.")
        assert "This is a comment of Ben's, so only they can send it" in shown(await choose(office, mia, ts))

    async def test_a_post_of_ours(self, office: Office, mia: Person) -> None:
        assert "This is a post of Threadline's." in shown(await choose(office, mia, office.ts))

    async def test_what_is_no_comment(self, office: Office, mia: Person) -> None:
        said = await mia.say(office.support, "Lunch?")
        assert "This message is no comment on a ticket." in shown(await choose(office, mia, said.message["ts"]))

    async def test_who_is_nobody_of_the_desk(self, office: Office, mia: Person, stranger: Person) -> None:
        ts = await comment(office, mia, "Hello.")
        assert "You are not in Threadline" in shown(await choose(office, stranger, ts))

    async def test_one_that_is_longer_than_the_form(self, office: Office, mia: Person) -> None:
        ts = await comment(office, mia, "long " * 700)
        assert "This comment has 3,500 characters, and the form for a reply takes 3,000." in shown(
            await choose(office, mia, ts)
        )

    async def test_a_form_whose_comment_is_anothers_sends_nothing(self, office: Office, mia: Person) -> None:
        view = await choose(office, mia, await comment(office, mia, "Hello."))
        async with office.engine.begin() as connection:
            await connection.execute(text("UPDATE comment SET author_id = (SELECT id FROM person WHERE name = 'Ben')"))
        done = await mia.submit(view["id"])
        assert done.errors == {Field.TEXT: "There is no such comment of yours."}
        assert await replies(office) == []


async def test_where_the_form_does_not_open_nothing_is_sent(office: Office, mia: Person) -> None:
    office.desk.limits["whatsapp"] = LIMITS  # type: ignore[index]
    ts = await comment(office, mia, "Print this.", files=[Upload("label.jpg", a_picture())])
    office.workspace.faults.next("views.open", error="expired_trigger_id", times=3)
    await mia.message_shortcut(office.support, ts, Shortcut.SEND_COMMENT)
    assert mia.modals() == []
    assert await replies(office) == []
