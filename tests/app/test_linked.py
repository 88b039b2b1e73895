"""What the doors of links show out of a real database; and that they say so while there is none."""

from collections.abc import Awaitable
from uuid import UUID

import httpx
import pytest

from app.linked import LinkedFiles, LinkedMails, LinkedTickets, links_of
from app.settings import Settings
from app.wiring import services
from core.ids import new_id
from emulators.loopback import free_port
from emulators.server import Served
from tests.fakes.inbox import FakeHealth, FakeInbox
from ticketing.conversations.first_message import Recipient
from ticketing.people.person import Role
from ticketing.tickets.open_ticket import NewTicket
from ticketing.triage.suggestion import Priority
from web.app import build
from web.ports import LookupUnavailable
from web.tickets import TicketDoor

MAX = Recipient("email", "max@home.example", account="support@shop.example", subject="")
SETTINGS = Settings(
    _env_file=None,
    secret_key="sixteen letters or more",
    email_address="support@shop.example",
    email_listen="127.0.0.1:0",
)


async def test_without_slack_the_link_of_a_notice_shows_how_the_ticket_stands(database: str) -> None:
    async with services(SETTINGS, database, connections=2) as made:
        mia = await made.desk.add_person("Mia <b>", "mia@shop.example", Role.AGENT)
        new = NewTicket("The customer's words", Priority.HIGH)
        ticket = await made.desk.open_ticket(MAX, new, by=mia, request="1")
        assert ticket is not None
        await made.desk.assign(ticket.id, mia.id, by=mia)
        link = httpx.URL(await made.finding.link(ticket.number)).raw_path.decode()
        app = build(
            webhooks={},
            inbox=FakeInbox(),
            health=FakeHealth(),
            public_base_url="https://desk.example",
            slack=None,
            tickets=TicketDoor(LinkedTickets(made), in_slack=False),
        )
        async with Served(app) as served, httpx.AsyncClient(base_url=served.url, verify=False, trust_env=False) as http:
            page = await http.get(link)
            assert (page.status_code, page.headers["cache-control"]) == (200, "no-store")
            for said in (f"Ticket #{ticket.number}", "<dd>Open</dd>", "<dd>high</dd>", "<dd>Mia &lt;b&gt;</dd>"):
                assert said in page.text
            assert "customer" not in page.text
            assert "Slack" not in page.text
            other, forged = await http.get("/tickets/999"), await http.get(f"{link}0")
            assert (other.status_code, other.text) == (200, forged.text), "nobody learns which tickets there are"
            assert f"Ticket #{ticket.number}" not in forged.text
            assert "Slack" not in forged.text


async def test_while_the_database_is_away_they_say_that_nothing_can_be_looked_up() -> None:
    nowhere = f"postgresql://nobody@127.0.0.1:{free_port()}/nothing"
    async with services(SETTINGS, nowhere, connections=2) as made:
        some: UUID = new_id()
        signature = (await links_of(made)()).mail_for_people(some, now=made.clock())
        assert signature, "a key that was chosen needs no database"
        mails, tickets = LinkedMails(made), LinkedTickets(made)
        ticket = httpx.URL(await made.finding.link(7)).params["s"]
        asked: list[Awaitable[object]] = [
            LinkedFiles(made).find(some),
            mails.page(some),
            mails.raw(some),
            tickets.standing(7, ticket),
        ]
        for each in asked:
            with pytest.raises(LookupUnavailable):
                await each
    unchosen = SETTINGS.model_copy(update={"secret_key": "", "email_address": "", "email_listen": ""})
    async with services(unchosen, nowhere, connections=2) as made:
        with pytest.raises(LookupUnavailable):
            await links_of(made)()
