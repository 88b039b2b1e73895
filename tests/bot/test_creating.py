"""Opening a ticket from anywhere in Slack: by command, by shortcuts, from a message."""

from typing import Any

import pytest

from bot.intents import COMMAND, Field, Shortcut
from bot.text import size
from core.instants import utc_now
from core.messages import Inbound
from emulators.slack import Channel, Person, as_text
from tests.bot.office import EITHER_WAY, Office, told
from tests.bot.test_trouble import lost
from tests.bot.views.hostile import valid_view
from ticketing.conversations.conversation import Conversation

Json = dict[str, Any]


@pytest.fixture
def lounge(office: Office, mia: Person, stranger: Person) -> Channel:
    """Where the app is no member."""
    return office.workspace.add_channel("lounge", members=[mia, stranger], bot=False)


def shown(person: Person) -> Json:
    view = person.modals()[-1]
    valid_view(
        {name: view[name] for name in ("type", "title", "blocks", "callback_id", "submit", "close") if view.get(name)}
    )
    return view


def initial(view: Json, name: Field) -> Any:
    """What stands in a field to begin with."""
    element = next(each["element"] for each in view["blocks"] if each.get("block_id") == name)
    return element.get("initial_value") or element.get("initial_option")


async def anna(office: Office, person: Person, view: Json, said: str = "Anna") -> Json:
    (option,) = await person.suggestions(Field.CONVERSATION, said, view_id=view["id"])
    return option


async def newest(office: Office) -> Json:
    return await office.one("SELECT * FROM ticket ORDER BY number DESC LIMIT 1")


class TestCommand:
    @EITHER_WAY
    async def test_a_ticket_for_a_customer_who_is_found(self, office: Office, mia: Person, lounge: Channel) -> None:
        assert (await mia.command(lounge, COMMAND, "create Second   mug & more")).outcome == "acknowledged"
        view = shown(mia)
        assert initial(view, Field.SUBJECT) == "Second   mug & more".replace("   ", " ")
        option = await anna(office, mia, view)
        assert "WhatsApp +4915112345678" in option["text"]["text"]
        done = await mia.submit(
            view["id"], {Field.CONVERSATION: option, Field.PRIORITY: "urgent", Field.DESCRIPTION: "She called <!here>."}
        )
        assert done.outcome == "updated", done
        ticket = await newest(office)
        assert ticket["subject"] == "Second mug & more"
        assert ticket["priority"] == "urgent"
        assert ticket["description"] == "She called <!here>."
        assert ticket["conversation_id"] == office.ticket.conversation_id
        row = await office.one("SELECT name FROM person WHERE id = :id", id=ticket["assignee_id"])
        assert row["name"] == "Mia"
        assert f"https://desk.example/tickets/{ticket['number']}?s=" in str(shown(mia)["blocks"])

    async def test_a_form_sent_twice_is_one_ticket(self, office: Office, mia: Person, lounge: Channel) -> None:
        await mia.command(lounge, COMMAND, "create Once")
        view = shown(mia)
        filled: Json = {Field.CONVERSATION: await anna(office, mia, view, "#1")}
        done = await mia.submit(view["id"], filled)
        await office.workspace.courier.interaction(done.payload)
        assert len(await office.all("SELECT id FROM ticket WHERE subject = 'Once'")) == 1

    async def test_what_is_wrong_is_said_at_its_field(self, office: Office, mia: Person, lounge: Channel) -> None:
        await mia.command(lounge, COMMAND, "create")
        view = shown(mia)
        option = await anna(office, mia, view)
        blank = await mia.submit(view["id"], {Field.CONVERSATION: option, Field.SUBJECT: "  "})
        assert "Give the ticket a subject" in blank.errors[Field.SUBJECT]
        nobody = {"text": {"type": "plain_text", "text": "x"}, "value": "nonsense"}
        assert (
            Field.CONVERSATION
            in (await mia.submit(view["id"], {Field.CONVERSATION: nobody, Field.SUBJECT: "Mug"})).errors
        )

    async def test_an_outage_loses_nothing_that_was_typed(self, office: Office, mia: Person, lounge: Channel) -> None:
        await mia.command(lounge, COMMAND, "create Mug")
        view = shown(mia)
        option = await anna(office, mia, view)
        async with lost(office.engine, "ticket_number"):
            done = await mia.submit(view["id"], {Field.CONVERSATION: option})
        assert "nothing was changed" in done.errors[Field.SUBJECT]
        assert (await mia.submit(view["id"], {Field.CONVERSATION: option})).outcome == "updated"

    async def test_customers_are_found_by_address_and_number_and_none_by_nonsense(
        self, office: Office, mia: Person, lounge: Channel
    ) -> None:
        async with office.desk.start() as uow:
            for n in range(3):
                inbound = Inbound(f"B{n}", "whatsapp", "+1415", f"+491700000{n}", "Bert <b>", "Hi", None)
                assert isinstance(await uow.conversations.open_for(inbound, at=utc_now()), Conversation)
        await mia.command(lounge, COMMAND, "create")
        view = shown(mia)
        for said, count in (("bert", 3), ("+4917000001", 1), ("whatsapp:+49170", 3), ("#1", 1), ("zebra", 0)):
            found = await mia.suggestions(Field.CONVERSATION, said, view_id=view["id"])
            assert len(found) == count, said

    async def test_what_slack_counts_as_too_long_is_cut_before_it_refuses_the_form(
        self, office: Office, mia: Person, lounge: Channel
    ) -> None:
        await mia.command(lounge, COMMAND, f"create {'😀' * 119}")
        assert size(initial(shown(mia), Field.SUBJECT)) <= 120
        said = await mia.say(lounge, "😀 " * 1500)
        await mia.message_shortcut(lounge, said.ts, Shortcut.TICKET_FROM_MESSAGE)
        description = initial(shown(mia), Field.DESCRIPTION)
        assert 2800 < size(description) <= 2900
        assert f"/p{said.ts.replace('.', '')}?" in description.splitlines()[-1]


class TestSomebodyNew:
    async def test_a_number_that_has_not_written_gets_a_conversation_and_nothing_is_sent(
        self, office: Office, mia: Person, lounge: Channel
    ) -> None:
        await mia.command(lounge, COMMAND, "create She called about her mug")
        view = shown(mia)
        (option,) = await mia.suggestions(Field.CONVERSATION, "+49 151 2345 6789", view_id=view["id"])
        assert option["text"]["text"] == "＋ New customer · WhatsApp +4915123456789"
        done = await mia.submit(view["id"], {Field.CONVERSATION: option})
        assert done.outcome == "updated", done
        await office.workspace.courier.interaction(done.payload)
        ticket = await newest(office)
        place = await office.one("SELECT * FROM conversation WHERE id = :id", id=ticket["conversation_id"])
        assert (place["address"], place["account"]) == ("+4915123456789", "+14155550100")
        assert await office.all("SELECT id FROM message WHERE direction = 'out'") == []
        kinds = "SELECT kind FROM activity WHERE stream_id = :id"
        assert [each["kind"] for each in await office.all(kinds, id=place["id"])] == ["conversation.started"]
        await mia.command(lounge, COMMAND, "create")
        view = shown(mia)
        (again,) = await mia.suggestions(Field.CONVERSATION, "+4915123456789", view_id=view["id"])
        assert again["value"] == str(place["id"])
        assert len(await office.all("SELECT id FROM ticket")) == 2

    @pytest.mark.parametrize("forged", ["new:telegram:123", "new:whatsapp:12", "new:", "new:sms:+4915123456789"])
    async def test_an_address_that_nobody_offered_is_refused_at_its_field(
        self, office: Office, mia: Person, lounge: Channel, forged: str
    ) -> None:
        await mia.command(lounge, COMMAND, "create Mug")
        view = shown(mia)
        option = {"text": {"type": "plain_text", "text": "x"}, "value": forged}
        assert Field.CONVERSATION in (await mia.submit(view["id"], {Field.CONVERSATION: option})).errors
        assert len(await office.all("SELECT id FROM conversation")) == 1


class TestShortcuts:
    async def test_create_opens_the_empty_form(self, office: Office, mia: Person) -> None:
        assert (await mia.shortcut(Shortcut.CREATE_TICKET)).outcome == "acknowledged"
        assert shown(mia)["title"]["text"] == "Create ticket"

    @EITHER_WAY
    async def test_find_shows_results_below_what_is_typed(self, office: Office, mia: Person) -> None:
        await mia.shortcut(Shortcut.FIND_TICKET)
        view = shown(mia)
        await mia.press_in(view["id"], Field.FIND, value="mug")
        assert "Broken mug" in as_text(shown(mia))
        await mia.press_in(view["id"], Field.FIND, value="<!channel> zebra")
        assert "Nothing was found for" in as_text(shown(mia))
        assert (await mia.submit(view["id"], {Field.FIND: "brok*"})).outcome == "updated"
        assert "Broken mug" in as_text(shown(mia))
        await mia.press_in(view["id"], Field.FIND, value=f"#{office.ticket.number}")
        assert "Broken mug" in as_text(shown(mia))

    async def test_an_outage_is_told_in_a_window(self, office: Office, mia: Person) -> None:
        async with lost(office.engine, "person"):
            assert (await mia.shortcut(Shortcut.CREATE_TICKET)).status == 200
        assert "nothing was changed" in as_text(shown(mia))
        async with lost(office.engine, "person"):
            await mia.command(office.support, COMMAND, "list")
        assert "nothing was changed" in told(mia)


class TestMessageShortcut:
    @EITHER_WAY
    async def test_a_colleagues_words_fill_the_form(
        self, office: Office, mia: Person, ben: Person, lounge: Channel
    ) -> None:
        office.workspace.invite(lounge, ben)
        said = (await ben.say(lounge, "Anna called: handle is off & <she> is cross\nOrder 78932")).message
        assert (await mia.message_shortcut(lounge, said["ts"], Shortcut.TICKET_FROM_MESSAGE)).outcome == "acknowledged"
        view = shown(mia)
        assert initial(view, Field.SUBJECT) == "Anna called: handle is off & <she> is cross Order 78932"
        link = f"https://emulated.slack.com/archives/{lounge.id}/p{said['ts'].replace('.', '')}"
        assert link in initial(view, Field.DESCRIPTION)
        done = await mia.submit(view["id"], {Field.CONVERSATION: await anna(office, mia, view)})
        assert done.outcome == "updated"
        ticket = await newest(office)
        await office.show(ticket["id"])
        place = await office.one("SELECT ts FROM ticket_card WHERE ticket_id = :id", id=ticket["id"])
        card = office.workspace.message(office.support, place["ts"])
        assert "Order 78932" in as_text(card)
        assert f"<{link}?thread_ts=" in str(card["blocks"])

    async def test_in_a_cards_thread_it_is_for_its_customer(self, office: Office, mia: Person) -> None:
        said = (await mia.say(office.support, "The lid, too", office.ts)).message
        await mia.message_shortcut(office.support, said["ts"], Shortcut.TICKET_FROM_MESSAGE)
        assert initial(shown(mia), Field.CONVERSATION)["value"] == str(office.ticket.conversation_id)
        await mia.message_shortcut(office.support, office.ts, Shortcut.TICKET_FROM_MESSAGE)
        assert initial(shown(mia), Field.CONVERSATION)["value"] == str(office.ticket.conversation_id)
        assert initial(shown(mia), Field.DESCRIPTION) is None


class TestStrangers:
    async def test_every_way_in_is_closed(self, office: Office, mia: Person, stranger: Person, lounge: Channel) -> None:
        said = (await mia.say(lounge, "secret words")).message
        await stranger.command(lounge, COMMAND, "create Mug")
        assert "You are not in Threadline" in told(stranger)
        assert not stranger.modals()
        await stranger.message_shortcut(lounge, said["ts"], Shortcut.TICKET_FROM_MESSAGE)
        assert "You are not in Threadline" in told(stranger)
        assert not stranger.modals()
        for shortcut in (Shortcut.CREATE_TICKET, Shortcut.FIND_TICKET):
            await stranger.shortcut(shortcut)
            assert "You are not in Threadline" in as_text(shown(stranger))

    async def test_a_form_that_they_got_hold_of_is_worth_nothing(
        self, office: Office, mia: Person, stranger: Person, lounge: Channel
    ) -> None:
        await mia.command(lounge, COMMAND, "create Mug")
        view = shown(mia)
        option = await anna(office, mia, view)
        stranger.screen.modals.append(view)
        assert await stranger.suggestions(Field.CONVERSATION, "Anna", view_id=view["id"]) == []
        done = await stranger.submit(view["id"], {Field.CONVERSATION: option})
        assert "You are not in Threadline" in done.errors[Field.CONVERSATION]
        assert len(await office.all("SELECT id FROM ticket")) == 1
