"""Saved replies in the form for a reply: one goes into its box below what was typed, and nothing else changes."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.client import Slack
from bot.config import SlackConfig
from bot.intents import Action, Field
from core.messages import Limits
from emulators.slack import Channel, NoSuchButton, Person, Upload, Workspace, as_text
from storage.database import Database
from tests.bot.office import Office, staffed
from tests.pictures import a_picture
from tests.playbooks import InForce, example
from ticketing.playbook.playbook import SavedReply

PHOTO = "Hello Anna <!here>, could you send us a photo of the item and of its box? Then we can help you at once."
PASSED_ON = "We have asked the carrier and will tell you as soon as they answer."


@pytest.fixture
def playbook() -> InForce:
    return InForce(example("retail"))


@pytest.fixture
async def office(
    engine: AsyncEngine,
    store: Database,
    workspace: Workspace,
    config: SlackConfig,
    slack: Slack,
    support: Channel,
    playbook: InForce,
) -> AsyncIterator[Office]:
    async with staffed(engine, store, workspace, config, slack, support, playbook) as made:
        yield made


def box(person: Person) -> dict[str, Any]:
    """The box of the form in front of them."""
    return next(block for block in person.modals()[-1]["blocks"] if block["block_id"].startswith(Field.TEXT))


def text_in(person: Person) -> str | None:
    words: str | None = box(person)["element"].get("initial_value")
    return words


def shown(person: Person) -> str:
    return as_text(person.modals()[-1], columns=20_000)


async def replies(office: Office) -> list[str]:
    return [each["text"] for each in await office.all("SELECT text FROM message WHERE direction = 'out' ORDER BY at")]


async def test_one_fills_the_empty_box_and_the_next_goes_below_what_was_typed(office: Office, mia: Person) -> None:
    view = await office.press(mia, Action.REPLY)
    await mia.press_in(view, Field.SAVED_REPLY, value="Ask for a photo")
    assert text_in(mia) == PHOTO
    await mia.press_in(view, Field.SAVED_REPLY, value="passed_on", values={Field.TEXT: "Sorry, Anna!\n"})
    assert text_in(mia) == f"Sorry, Anna!\n\n{PASSED_ON}"
    await mia.press_in(view, Field.SAVED_REPLY, value="passed_on")  # the same again, as it was chosen for good reason
    assert text_in(mia) == f"Sorry, Anna!\n\n{PASSED_ON}\n\n{PASSED_ON}"
    assert await replies(office) == []
    assert (await mia.submit(view, {Field.TEXT: "Sorry, Anna!"})).outcome == "closed"
    assert await replies(office) == ["Sorry, Anna!"]


async def test_what_was_chosen_besides_stays(office: Office, mia: Person) -> None:
    picture = lambda kind: 100_000 if kind.startswith("image/") else 0  # noqa: E731
    office.desk.limits["whatsapp"] = Limits(text=1600, caption=lambda _: 0, file=picture)  # type: ignore[index]
    await office.press(mia, Action.CLAIM)
    view = await office.press(mia, Action.REPLY)
    values: dict[str, Any] = {Field.THEN: "investigating", Field.FILES: [Upload("label.jpg", a_picture())]}
    await mia.press_in(view, Field.SAVED_REPLY, value="passed_on", values=values)
    assert (await mia.submit(view)).outcome == "closed"
    assert await replies(office) == [PASSED_ON, ""]
    assert (await office.one("SELECT next_status FROM message WHERE text <> '' AND direction = 'out'"))[
        "next_status"
    ] == "investigating"


async def test_one_that_lacks_something_says_what_and_leaves_the_box_as_it_was(office: Office, mia: Person) -> None:
    view = await office.press(mia, Action.REPLY)
    await mia.press_in(view, Field.SAVED_REPLY, value="refund_sent", values={Field.TEXT: "Good news:"})
    assert "⚠️ “Refund is on its way” needs what #1 does not have: Refund amount." in shown(mia)
    assert text_in(mia) == "Good news:"
    await mia.press_in(view, Field.SAVED_REPLY, value="passed_on")
    assert "needs what" not in shown(mia)
    assert text_in(mia) == f"Good news:\n\n{PASSED_ON}"


async def test_one_that_does_not_fit_any_more_is_not_cut(office: Office, mia: Person) -> None:
    view = await office.press(mia, Action.REPLY)
    typed = "x" * 1590
    await mia.press_in(view, Field.SAVED_REPLY, value="passed_on", values={Field.TEXT: typed})
    assert "The saved reply was not added: the reply would have 1,659 characters, and takes 1,600." in shown(mia)
    assert text_in(mia) == typed


async def test_a_reply_that_is_refused_says_so_at_the_box_that_was_filled_in(office: Office, mia: Person) -> None:
    view = await office.press(mia, Action.REPLY)
    await mia.press_in(view, Field.SAVED_REPLY, value="passed_on")
    done = await mia.submit(view, {Field.TEXT: "  \n"})
    assert done.outcome == "errors"
    assert list(done.errors) == [box(mia)["block_id"]] != [Field.TEXT]


async def test_a_colleague_who_replied_since_the_form_was_opened_is_shown_all_the_same(
    office: Office, mia: Person, ben: Person
) -> None:
    view = await office.press(mia, Action.REPLY)
    await ben.submit(await office.press(ben, Action.REPLY), {Field.TEXT: "Hello."})
    await mia.press_in(view, Field.SAVED_REPLY, value="passed_on")
    assert (await mia.submit(view)).outcome == "updated"
    assert "Ben replied at" in shown(mia)
    assert text_in(mia) == PASSED_ON


async def test_a_choice_in_a_form_that_is_another_by_now_changes_nothing(office: Office, mia: Person) -> None:
    view = await office.press(mia, Action.REPLY)
    office.workspace.faults.next("views.update", error="hash_conflict")
    done = await mia.press_in(view, Field.SAVED_REPLY, value="passed_on", values={Field.TEXT: "Mine."})
    assert done.outcome == "acknowledged"
    assert (await mia.submit(view)).outcome == "closed"
    assert await replies(office) == ["Mine."]


async def test_who_left_the_desk_keeps_what_they_typed_and_is_told_when_they_send(office: Office, mia: Person) -> None:
    view = await office.press(mia, Action.REPLY)
    async with office.engine.begin() as connection:
        await connection.execute(text("UPDATE person SET email = 'gone@desk.example' WHERE name = 'Mia'"))
    for action, value in ((Field.SAVED_REPLY, "passed_on"), (Action.SUGGEST, None)):
        done = await mia.press_in(view, action, value=value, values={Field.TEXT: "Mine."})
        assert done.outcome == "acknowledged"
    refused = await mia.submit(view)
    assert "You are not in Threadline" in refused.errors[Field.TEXT]


async def test_without_any_there_is_no_menu(office: Office, playbook: InForce, mia: Person) -> None:
    playbook.playbook = replace(playbook.playbook, replies={})
    view = await office.press(mia, Action.REPLY)
    with pytest.raises(NoSuchButton):
        await mia.press_in(view, Field.SAVED_REPLY, value="passed_on")


async def test_more_than_a_menu_takes_are_searched_by_name_then_by_their_words(
    office: Office, playbook: InForce, mia: Person
) -> None:
    many = {f"r{n}": SavedReply(f"r{n}", f"Reply {n} <!here>", f"Words {n}.") for n in range(150)}
    many["late"] = SavedReply("late", "Late parcel", "Sorry for reply 7 and for the delay.")
    playbook.playbook = replace(playbook.playbook, replies=many)
    view = await office.press(mia, Action.REPLY)
    found = await mia.suggestions(Field.SAVED_REPLY, "reply 7", view_id=view)
    assert [each["value"] for each in found] == ["r7", *(f"r{n}" for n in range(70, 80)), "late"]
    assert len(await mia.suggestions(Field.SAVED_REPLY, "", view_id=view)) == 100
    await mia.press_in(view, Field.SAVED_REPLY, value="late")
    assert text_in(mia) == "Sorry for reply 7 and for the delay."
