"""Once a customer's window has closed, Reply offers templates; before that it says for how long it is open."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.handlers.template import NONE_APPROVED
from bot.intents import Action, Field
from bot.showing import show_prompt
from core.instants import utc_now
from core.messages import Limits
from emulators.slack import Person, as_text
from tests.bot.office import Office
from tests.factories import a_template

DAY = timedelta(hours=24)
UPDATE = a_template("Hello {{1}}, your order {{order}} is here.", channel="whatsapp")
HELLO = a_template("Hello!", channel="whatsapp", name="hello")
BAD = a_template("Buy!", channel="whatsapp", name="offer", status="rejected")


@pytest.fixture(autouse=True)
async def _templates(office: Office) -> None:
    await office.desk.sync_templates("whatsapp", [UPDATE, HELLO, BAD])
    office.desk.limits["whatsapp"] = Limits(text=1600, window=DAY)  # type: ignore[index]  # the office's own dict
    office.rooms.windows = {"whatsapp": DAY}


def shown(person: Person) -> str:
    """The form in front of them."""
    return as_text(person.modals()[-1], columns=20_000)


async def wrote(office: Office, ago: timedelta) -> None:
    async with office.engine.begin() as connection:
        set_back = "UPDATE conversation SET last_inbound_at = now() - CAST(:ago AS interval)"
        await connection.execute(text(set_back), {"ago": ago})
    await office.show()


async def test_while_it_is_open_card_and_form_say_until_when(office: Office, mia: Person) -> None:
    await wrote(office, timedelta(hours=20, minutes=30))
    assert "⏳ free to answer until" in office.card()
    await office.press(mia, Action.REPLY)
    form = shown(mia)
    assert "3 h left" in form
    assert "Your reply" in form


async def test_once_it_is_closed_a_template_is_chosen_filled_in_and_sent_once(office: Office, mia: Person) -> None:
    await wrote(office, DAY + timedelta(minutes=1))
    view = await office.press(mia, Action.REPLY)
    form = shown(mia)
    assert "can only be sent a template" in form
    assert "Your reply" not in form

    known = {each.name: str(each.id) for each in await office.desk.templates("whatsapp")}
    await mia.press_in(view, Field.TEMPLATE, value=known["order_update"])
    assert "Hello {{1}}, your order {{order}} is here." in shown(mia)
    labels = [each["label"]["text"] for each in mia.modals()[-1]["blocks"] if each["type"] == "input"]
    assert labels == ["Template", "Hello {{1}}, your order …", "… {{1}}, your order {{order}} is here."]
    filled = {Field.TEMPLATE: known["order_update"], "variable:1": "Anna", "variable:order": "78932"}
    done = await mia.submit(view, filled)
    await office.workspace.courier.interaction(done.payload)

    assert done.outcome == "closed"
    (message,) = await office.all("SELECT text, template, author_name FROM message WHERE direction = 'out'")
    assert message["text"] == "Hello Anna, your order 78932 is here."
    assert message["template"]["variables"] == {"1": "Anna", "order": "78932"}
    assert message["author_name"] == "Mia"


async def test_one_that_cannot_be_sent_is_not_offered_and_without_any_it_says_so(office: Office, mia: Person) -> None:
    await wrote(office, 2 * DAY)
    view = await office.press(mia, Action.REPLY)
    offered = [each["text"]["text"] for each in mia.modals()[-1]["blocks"][1]["element"]["options"]]
    assert offered == ["hello (en)", "order_update (en)"]
    await mia.close(view)

    await office.desk.sync_templates("whatsapp", [BAD])
    await office.press(mia, Action.REPLY)
    assert NONE_APPROVED.split(":")[0] in shown(mia)


async def test_below_the_card_its_assignee_is_told_once_that_the_window_is_closing(office: Office, mia: Person) -> None:
    await office.press(mia, Action.CLAIM)
    await wrote(office, timedelta(hours=22))
    until = utc_now() + timedelta(hours=1, minutes=50, seconds=30)
    for _ in range(2):
        await show_prompt(office.ticket.conversation_id, until, places=office.rooms, client=office.slack, clock=utc_now)
    posts = [each for each in office.workspace.thread(office.support, office.ts) if "⏳" in each["text"]]
    assert len(posts) == 1
    assert f"<@{mia.id}> *Anna" in posts[0]["text"]
    assert "can be answered freely until" in posts[0]["text"]
    assert posts[0]["text"].endswith("1 h 50 min from now; then only by template.")


async def test_who_has_left_is_not_told_that_a_window_is_closing(office: Office, mia: Person) -> None:
    await office.press(mia, Action.CLAIM)
    await wrote(office, timedelta(hours=22))
    await office.desk.retire("mia@desk.example")
    until = utc_now() + timedelta(hours=1)
    await show_prompt(office.ticket.conversation_id, until, places=office.rooms, client=office.slack, clock=utc_now)
    (post,) = [each["text"] for each in office.workspace.thread(office.support, office.ts) if "⏳" in each["text"]]
    assert mia.id not in post
    assert "Mia" not in post
