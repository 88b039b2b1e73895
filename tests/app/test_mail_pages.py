"""The page of a whole mail over a real database: out of the inbox, out of the store once it was put away."""

from datetime import timedelta
from uuid import UUID

import pytest
from obstore.store import MemoryStore
from sqlalchemy.ext.asyncio import AsyncEngine

from app.mail_pages import MailPages
from core.errors import NotFound
from core.ids import new_id
from storage.blobs.store import BlobStore
from storage.database import Database
from storage.mails_kept import SqlMails
from storage.put_away import KeptEvents
from storage.secrets import SharedLinks
from tests.connectors.email.letters import letter
from tests.storage.desk import DeskAtWork
from tests.storage.letters import a_mail, filed


@pytest.fixture
def events(store: Database) -> KeptEvents:
    return KeptEvents(store, BlobStore(MemoryStore()))


@pytest.fixture
def desk(engine: AsyncEngine, store: Database) -> DeskAtWork:
    return DeskAtWork(engine, store)


@pytest.fixture
def pages(desk: DeskAtWork, store: Database, events: KeptEvents) -> MailPages:
    links = SharedLinks(store, "https://desk.example", "a key")
    return MailPages(SqlMails(store, links, desk.clock), events)


async def test_it_is_made_anew_from_the_bytes_wherever_they_lie(
    desk: DeskAtWork, pages: MailPages, events: KeptEvents
) -> None:
    mail = a_mail(proof="dmarc=fail")
    assert mail.letter is not None
    await filed(desk, mail)
    raw = letter("My mug broke.\n\n> Which one?\n")
    await desk.rows_changed(
        "INSERT INTO inbox (channel, key, url, body, received_at, outcome, settled_at) "
        "VALUES ('email', :key, '', :body, :at, 'filed', :at)",
        key=mail.letter.event,
        body=raw,
        at=desk.now,
    )
    (row,) = await desk.rows("SELECT id FROM message")
    message_id: UUID = row.id

    page = await pages.page(message_id)
    assert page.pieces[0].text.strip() == "My mug broke."
    assert (page.doubt, page.missing) == ("dmarc=fail", None)
    assert await pages.raw(message_id) == raw

    await events.put_away(["email"], now=desk.now + timedelta(days=60))
    assert (await pages.page(message_id)).missing is None
    assert await pages.raw(message_id) == raw


async def test_of_bytes_that_are_lost_the_words_are_left(desk: DeskAtWork, pages: MailPages) -> None:
    await filed(desk, a_mail("It broke.", whole="It broke.\n> Which?"))
    (row,) = await desk.rows("SELECT id FROM message")
    page = await pages.page(row.id)
    assert page.pieces[0].text == "It broke.\n> Which?"
    assert page.missing is not None
    with pytest.raises(NotFound):
        await pages.page(new_id())
