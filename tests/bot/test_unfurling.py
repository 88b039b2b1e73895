"""Links to tickets in Slack: what unfolds below a message, for whom, and where nothing does."""

import pytest

from emulators.slack import Channel, Person, as_text
from emulators.slack.records import Said
from tests.bot.office import EITHER_WAY, Office

LINK = "https://desk.example/tickets/{}"


@pytest.fixture
def lounge(office: Office, mia: Person, stranger: Person) -> Channel:
    """Where the app is no member."""
    office.workspace.unfurl_domains = ("desk.example",)
    return office.workspace.add_channel("lounge", members=[mia, stranger], bot=False)


def below(office: Office, channel: Channel, said: Said) -> str:
    """What stands below the words of a message."""
    message = office.workspace.message(channel, said.ts)
    return "\n".join(as_text(each) for each in message.get("attachments", []))


@EITHER_WAY
async def test_a_link_unfolds_into_how_the_ticket_stands_and_nothing_of_the_customer(
    office: Office, mia: Person, lounge: Channel
) -> None:
    said = await mia.say(lounge, f"Have a look: {LINK.format(office.ticket.number)}, please")
    assert said.links is not None
    assert said.links.acknowledged
    shown = below(office, lounge, said)
    assert f"#{office.ticket.number}" in shown
    assert "High" in shown
    assert "nobody yet" in shown
    assert f"/archives/{office.support.id}/p" in shown
    assert "Anna" not in shown
    assert "Broken mug" not in shown
    assert "My mug is broken" not in shown


async def test_told_twice_it_stands_there_once(office: Office, mia: Person, lounge: Channel) -> None:
    said = await mia.say(lounge, LINK.format(office.ticket.number))
    assert said.links is not None
    await office.workspace.courier.repeat(said.links)
    assert len(office.workspace.message(lounge, said.ts)["attachments"]) == 1


async def test_several_links_and_signed_ones(office: Office, mia: Person, lounge: Channel) -> None:
    link = LINK.format(office.ticket.number)
    said = await mia.say(lounge, f"{link}?s=0123 {LINK.format(999)} https://desk.example/files/1 {link} {link}/edit")
    assert len(office.workspace.message(lounge, said.ts)["attachments"]) == 2


async def test_what_a_stranger_posts_stays_a_link(office: Office, stranger: Person, lounge: Channel) -> None:
    said = await stranger.say(lounge, LINK.format(office.ticket.number))
    assert said.links is not None
    assert said.links.acknowledged
    assert below(office, lounge, said) == ""


async def test_where_another_company_reads_along_nothing_unfolds(office: Office, mia: Person, lounge: Channel) -> None:
    shared = office.workspace.add_channel("with-acme", members=[mia], ext_shared=True)
    said = await mia.say(shared, LINK.format(office.ticket.number))
    assert said.links is not None
    assert said.links.acknowledged
    assert below(office, shared, said) == ""


async def test_an_outage_is_tried_again_and_a_message_that_is_gone_is_not(
    office: Office, mia: Person, lounge: Channel
) -> None:
    office.workspace.faults.next("chat.unfurl", status=429, retry_after=1)
    said = await mia.say(lounge, LINK.format(office.ticket.number))
    assert said.links is not None
    assert said.links.attempts[0].status == 500
    assert (await office.workspace.courier.repeat(said.links)).acknowledged
    assert f"#{office.ticket.number}" in below(office, lounge, said)
    office.workspace.faults.next("chat.unfurl", error="cannot_find_message")
    assert (await office.workspace.courier.repeat(said.links)).acknowledged


async def test_a_link_in_a_tickets_thread_is_one_comment(office: Office, mia: Person, lounge: Channel) -> None:
    said = await mia.say(office.support, f"Like {LINK.format(office.ticket.number)}", office.ts)
    await office.workspace.courier.idle()
    assert f"#{office.ticket.number}" in below(office, office.support, said)
    assert len(await office.all("SELECT id FROM comment")) == 1
