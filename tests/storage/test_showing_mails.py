"""What people are shown of a mail: in a ticket's room, and on a light card."""

from dataclasses import replace
from uuid import uuid4

from core.messages import Party
from storage.light_cards import SqlLightCards
from storage.playbooks import Playbooks
from storage.rooms import SqlRooms
from storage.secrets import SharedLinks
from tests.factories import RULES
from tests.storage.desk import DeskAtWork, OneIssue
from tests.storage.letters import EVE, MAX, a_mail, filed, ids
from ticketing.mails.shown import ShownMail
from ticketing.tickets.card import RoomEntry

MAXS, EVES, ANN = Party(MAX, "Max"), Party(EVE, "Eve Else"), Party("Ann@x.example")


async def entries(desk: DeskAtWork) -> list[RoomEntry]:
    """Of the only ticket."""
    (ticket,) = await desk.rows("SELECT id FROM ticket")
    return list(await SqlRooms(desk.database, Playbooks()).begin_entries(ticket.id, now=desk.now))


async def test_who_reads_along_and_what_is_not_proven_stand_in_the_room(desk: DeskAtWork) -> None:
    here = await filed(desk, a_mail(to=(EVES,), cc=(ANN, MAXS), proof="dmarc failed"))
    await desk.understand(here, OneIssue())
    (entry,) = await entries(desk)
    assert entry.mail == ShownMail(MAXS, by_customer=True, copies=(EVES, ANN), doubt="dmarc failed")
    assert (entry.author, entry.group) == ("Max", None)


async def test_somebody_elses_words_are_theirs_and_make_no_group_of_the_customer(desk: DeskAtWork) -> None:
    first = a_mail(cc=(EVES,))
    here = await filed(desk, first)
    await desk.understand(here, OneIssue())
    await filed(desk, a_mail("Me too.", sender=EVE, cc=(MAXS,), references=ids(first), verified=True, proof="dmarc"))
    await desk.understand(here, OneIssue())
    rows = await desk.rows("SELECT id FROM ticket ORDER BY number DESC LIMIT 1")
    (entry,) = await SqlRooms(desk.database, Playbooks()).begin_entries(rows[0].id, now=desk.now)
    assert entry.mail == ShownMail(Party(EVE, "Max"), by_customer=False)  # every mail here says that it is by "Max"
    assert entry.group is None


async def test_what_a_form_sends_for_the_customer_is_theirs(desk: DeskAtWork) -> None:
    by_form = a_mail(sender="form@web.example")
    here = await filed(desk, replace(by_form, sender=MAX))
    card = await SqlLightCards(desk.database, sure_enough=RULES.sure_enough).card(here)
    assert card.mail is not None
    assert card.mail.by_customer
    async with desk.start() as uow:
        end = await uow.mails.thread_end(here, before=uuid4())
    assert end.cc == (), "a form reads no answers"


async def test_where_nobody_checks_nothing_is_doubted(desk: DeskAtWork) -> None:
    here = await filed(desk, a_mail(proof=""))
    card = await SqlLightCards(desk.database, sure_enough=RULES.sure_enough).card(here)
    assert card.mail == ShownMail(MAXS, by_customer=True)


async def test_both_lead_to_the_whole_of_it(desk: DeskAtWork) -> None:
    here = await filed(desk, a_mail())
    await desk.understand(here, OneIssue())
    links = SharedLinks(desk.database, "https://desk.example", "a key")
    (ticket,) = await desk.rows("SELECT id FROM ticket")
    rooms = SqlRooms(desk.database, Playbooks(), links=links)
    (entry,) = await rooms.begin_entries(ticket.id, now=desk.now)
    card = await SqlLightCards(desk.database, sure_enough=0.5, links=links, clock=desk.clock).card(here)
    (row,) = await desk.rows("SELECT id FROM message")
    assert entry.mail is not None
    assert card.mail is not None
    assert entry.mail.url == card.mail.url == (await links()).mail_for_people(row.id, now=desk.now)


async def test_a_light_card_shows_the_newest_mail(desk: DeskAtWork) -> None:
    first = a_mail()
    here = await filed(desk, first)
    await filed(desk, a_mail("And?", references=ids(first), cc=(EVES,)))
    card = await SqlLightCards(desk.database, sure_enough=RULES.sure_enough).card(here)
    assert card.mail is not None
    assert card.mail.copies == (EVES,)


async def test_what_is_no_mail_shows_none(desk: DeskAtWork) -> None:
    here = await desk.customer_writes()
    await desk.understand(here, OneIssue())
    (entry,) = await entries(desk)
    card = await SqlLightCards(desk.database, sure_enough=RULES.sure_enough).card(here)
    assert (entry.mail, card.mail) == (None, None)
