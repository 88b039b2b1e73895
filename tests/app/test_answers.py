"""A link of a mail through the whole program: it goes out, its page asks, and the answer stands at the ticket."""

import asyncio
import re
from html import unescape

import asyncpg
import httpx

from app.inbox import open_gate
from app.processes import web, worker
from app.settings import Settings
from app.wiring import services
from core.instants import utc_now
from emulators.loopback import free_port, listens
from emulators.mail import MailServer
from emulators.mail import running as running_mail
from emulators.waiting import until
from storage.engine import plain_dsn
from tests.app.test_mails import URL
from tests.connectors.email.letters import letter
from tests.playbooks import RESOLVED
from tests.storage.desk import OneIssue
from ticketing.people.person import Role


async def test_a_survey_by_mail_is_answered_on_its_page(database: str, tmp_path: object) -> None:
    port = free_port()
    async with running_mail(MailServer()) as server:
        settings = Settings(
            _env_file=None,
            burst_seconds=0.05,
            undo_seconds=0,
            port=port,
            public_base_url=f"http://127.0.0.1:{port}",
            email_address="Shop <support@shop.example>",
            email_smtp_url=f"smtp://{server.host}:{server.port}",
            secret_key="sixteen letters or more",
            attachments_url=f"file://{tmp_path}",
            survey_after_minutes=0,
        )
        stop = asyncio.Event()
        running = [
            asyncio.create_task(worker.run(settings, database, stop, brain=OneIssue())),
            asyncio.create_task(web.run(settings, database, stop)),
        ]
        gate, admin = await open_gate(database), await asyncpg.connect(plain_dsn(database))
        try:
            await gate.accept(channel="email", key="1", url=URL, body=letter("It broke."), now=utc_now())
            ticket = await until(lambda: admin.fetchrow("SELECT id FROM ticket"), "the ticket", patience=30)
            async with services(settings, database) as made:
                mia = await made.desk.add_person("Mia", "mia@shop.example", Role.ADMIN)
                await made.desk.change_status(ticket["id"], RESOLVED, by=mia)
            (mail,) = await server.taken(1)
            html = mail.message.get_body(("html",))
            assert html is not None
            links = [unescape(each) for each in re.findall(r'href="([^"]+/answers/[^"]+)"', str(html.get_content()))]
            assert len(links) == 5
            await until(lambda: listens(port), "the page")
            async with httpx.AsyncClient(trust_env=False) as browser:
                page = await browser.get(links[3])
                assert 'value="4" required checked' in page.text
                assert await admin.fetchval("SELECT score FROM survey") is None
                page = await browser.post(links[3], data={"score": "5", "comment": "Fast!"})
                assert "Thank you for your rating!" in page.text
                assert (await browser.post(f"{links[3]}0", data={"score": "1"})).status_code == 403
            assert tuple(await admin.fetchrow("SELECT score, comment FROM survey")) == (5, "Fast!")
        finally:
            stop.set()
            await asyncio.wait_for(asyncio.gather(*running), 20)
            await admin.close()
            await gate.close()
