"""A desk that can send no mail writes to none of its people, and fails nothing."""

from typing import Any

import pytest

from app.consequences import mail_person
from app.settings import Settings
from app.wiring import services
from core.ids import new_id
from core.instants import utc_now
from ticketing.direct_messages.direct_message import DirectMessage, Kind
from ticketing.people.person import Role
from ticketing.people.preferences import ByMail, Preferences
from ticketing.tickets.events import DirectMessageDue

ADDRESS = {"email_address": "support@shop.example", "secret_key": "sixteen letters or more"}


@pytest.mark.parametrize("mailbox", [{}, ADDRESS], ids=["no e-mail", "only read"])
async def test_a_desk_that_sends_no_mail_tells_nobody_by_it(database: str, mailbox: dict[str, Any]) -> None:
    settings = Settings(_env_file=None, email_listen="127.0.0.1:0" if mailbox else "", **mailbox)
    async with services(settings, database, connections=2) as made:
        mia = await made.desk.add_person("Mia", "mia@shop.example", Role.AGENT)
        await made.desk.prefer(Preferences(by_mail=ByMail.ALWAYS), by=mia)
        owed = DirectMessage(new_id(), mia.id, Kind.ASSIGNED, "assigned", utc_now())  # to tell it would fail: no ticket
        async with made.start() as uow:
            await uow.direct_messages.owe(owed)
        await mail_person(made, DirectMessageDue(message_id=owed.id, at=utc_now()), "a job")
        found = await made.direct_messages.mailing(owed.id)
        assert found is not None
        assert found.mail is None
        senders = [getattr(each, "announces_from", None) for each in made.connectors.values()]
        assert senders == ([None] if mailbox else [])
