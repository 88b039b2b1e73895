"""Who reads along: the form for a reply by mail says it, and whoever writes takes people out or adds some."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from bot.client import Slack
from bot.intents import Action, Field
from core.instants import utc_now
from core.messages import Limits, Party
from emulators.slack import Person, as_text
from tests.bot.mails import Letterbox
from tests.bot.office import Office
from tests.fakes.channels import FakeConnector
from ticketing.conversations.deliver import deliver
from ticketing.conversations.fallback import Outside

MAX, EVE, ANN = "max@home.example", Party("eve@elsewhere.example", "Eve <!here> Else"), Party("ann@x.example")
LIMITS = Limits(text=100_000, letters=True)


@pytest.fixture
async def letterbox(office: Office, slack: Slack) -> Letterbox:
    """Max has written, and Eve reads along."""
    office.desk.limits["email"] = LIMITS  # type: ignore[index]
    made = Letterbox(office, slack)
    await made.receives("My mug broke.", MAX, cc=(EVE,))
    async with office.desk.start() as uow:
        await uow.mails.take_part(made.conversation, [EVE], at=utc_now())
    async with office.engine.begin() as connection:  # as triage leaves what people are to answer
        await connection.exec_driver_sql("UPDATE conversation SET awaiting_since = created_at WHERE channel = 'email'")
    return made


async def form(letterbox: Letterbox, person: Person) -> dict[str, Any]:
    await letterbox.card()
    await letterbox.press(person, Action.ANSWER)
    return dict(person.modals()[-1])


def offered(view: dict[str, Any]) -> str:
    (box,) = [block["element"] for block in view["blocks"] if block.get("block_id") == Field.CC]
    return str(box.get("initial_value", ""))


async def sent(letterbox: Letterbox) -> tuple[Party, ...]:
    """Who had a copy of the mail that left."""
    row = await letterbox.office.one("SELECT id FROM message WHERE delivery = 'pending'")
    message_id: UUID = row["id"]
    mail = FakeConnector(channel="email", limits=LIMITS)
    start = letterbox.office.desk.start
    await deliver(message_id, job="1", channels={"email": mail}, outside=Outside(), start=start, clock=utc_now)
    (letter,) = [each.letter for each in mail.sent]
    assert letter is not None
    return letter.cc


async def test_everybody_who_reads_along_has_a_copy_unless_somebody_says_otherwise(
    letterbox: Letterbox, mia: Person
) -> None:
    view = await form(letterbox, mia)
    assert offered(view) == '"Eve <!here> Else" <eve@elsewhere.example>'
    assert "max@home.example · Re: Mug" in as_text(view)
    assert (await mia.submit(view["id"], {Field.TEXT: "A new one comes.", Field.CC: offered(view)})).outcome == "closed"
    assert [each.address for each in await sent(letterbox)] == [EVE.address]


async def test_people_are_taken_out_and_added_and_who_was_added_takes_part(letterbox: Letterbox, mia: Person) -> None:
    view = await form(letterbox, mia)
    assert (await mia.submit(view["id"], {Field.TEXT: "Hello", Field.CC: f"ann@x.example, {MAX}"})).outcome == "closed"
    assert await sent(letterbox) == (ANN,), "and the customer has it anyway"
    rows = await letterbox.office.all("SELECT address FROM participant WHERE address = 'ann@x.example'")
    assert len(rows) == 1


async def test_nobody_at_all_is_somebodys_choice_too(letterbox: Letterbox, mia: Person) -> None:
    view = await form(letterbox, mia)
    assert (await mia.submit(view["id"], {Field.TEXT: "Hello", Field.CC: ""})).outcome == "closed"
    assert await sent(letterbox) == ()


async def test_what_is_no_address_is_said_at_the_field_and_nothing_is_written(
    letterbox: Letterbox, mia: Person
) -> None:
    view = await form(letterbox, mia)
    answer = await mia.submit(view["id"], {Field.TEXT: "Hello", Field.CC: "eve@elsewhere"})
    assert answer.errors == {Field.CC: "“eve@elsewhere” is no e-mail address: write it like eve@example.com."}
    assert await letterbox.office.all("SELECT id FROM message WHERE direction = 'out'") == []


async def test_undo_gives_them_back(letterbox: Letterbox, mia: Person) -> None:
    view = await form(letterbox, mia)
    await mia.submit(view["id"], {Field.TEXT: "Hello", Field.CC: "Ann <ann@x.example>"})
    await letterbox.card()
    await letterbox.press(mia, Action.UNDO)
    assert offered(dict(mia.modals()[-1])) == "Ann <ann@x.example>"
    rows = await letterbox.office.all("SELECT address FROM participant WHERE address = 'ann@x.example'")
    assert rows == [], "it never left"


async def test_on_other_channels_nobody_is_asked(office: Office, mia: Person) -> None:
    await office.press(mia, Action.REPLY)
    assert [block for block in mia.modals()[-1]["blocks"] if block.get("block_id") == Field.CC] == []


async def test_a_ticket_begins_a_mail_to_somebody_who_never_wrote(letterbox: Letterbox, mia: Person) -> None:
    office = letterbox.office
    await mia.command(office.support, "/ticket", "create Recall of mugs")
    view = mia.modals()[-1]
    (new,) = await mia.suggestions(Field.CONVERSATION, "Clara@X.example", view_id=view["id"])
    assert new["text"]["text"] == "＋ New customer · E-mail clara@x.example"
    assert (await mia.submit(view["id"], {Field.CONVERSATION: new})).outcome == "updated"
    row = await office.one(
        "SELECT address, account, conversation.subject FROM ticket JOIN conversation"
        " ON conversation.id = conversation_id ORDER BY number DESC LIMIT 1"
    )
    assert row == {"address": "clara@x.example", "account": "support@shop.example", "subject": "Recall of mugs"}


async def test_several_mails_of_one_customer_are_told_apart_by_their_subjects(
    letterbox: Letterbox, mia: Person
) -> None:
    await mia.command(letterbox.office.support, "/ticket", "create")
    found = await mia.suggestions(Field.CONVERSATION, "max@home", view_id=mia.modals()[-1]["id"])
    assert found[0]["text"]["text"] == "“Mug” · Eve &lt;!here&gt; · E-mail max@home.example"


async def test_with_several_mailboxes_each_can_be_the_one_that_it_comes_from(letterbox: Letterbox, mia: Person) -> None:
    office = letterbox.office
    ours = ("support@shop.example", "sales@shop.example")
    office.desk.limits["email"] = replace(LIMITS, accounts=ours)  # type: ignore[index]
    await mia.command(office.support, "/ticket", "create Recall of mugs")
    view = mia.modals()[-1]
    first, second = await mia.suggestions(Field.CONVERSATION, "clara@x.example", view_id=view["id"])
    assert first["text"]["text"] == "＋ New customer · E-mail clara@x.example from support@shop.example"
    assert (await mia.submit(view["id"], {Field.CONVERSATION: second})).outcome == "updated"
    row = await office.one("SELECT account FROM conversation WHERE address = 'clara@x.example'")
    assert row["account"] == "sales@shop.example"
