"""The one function that shows a ticket in Slack. Run as a job; safe to repeat, in any order, by any number at once."""

from dataclasses import replace
from uuid import UUID

from bot.client import Slack
from bot.ports import Rooms
from bot.showing.card import Drawn, Showing, digest_of
from bot.showing.entries import Thread, show_entries
from bot.showing.hold import Hold
from bot.showing.order import Part, visitor
from bot.showing.turns import take_turns
from bot.views.ticket_card import fallback_text, ticket_card
from bot.wire import card_mark
from core.errors import AccountRefused
from core.instants import Clock
from ticketing.tickets.card import Shown, TicketCard


async def show_ticket(ticket_id: UUID, *, job: str, rooms: Rooms, client: Slack, clock: Clock) -> None:
    """Bring the card and its thread up to date. Raises as `take_turns` does."""

    async def draw() -> Drawn:
        return await drawn(await rooms.card(ticket_id), client)

    async def bring_up_to_date(shown: Shown, hold: Hold) -> None:
        card = await rooms.card(ticket_id)
        if shown.channel is None:
            raise AccountRefused(_no_channel(card))
        showing = Showing(shown, draw, visitor(card, Part.CARD), hold, rooms, client, clock)
        now = await drawn(card, client)
        ts = await showing.put_up(shown.channel, now)
        thread = Thread(ticket_id, shown.channel, ts, visitor(card, Part.THREAD))
        await show_entries(thread, hold, rooms, client, clock)
        if card.waiting is not None:  # its request may stand in the thread only now, and the card leads there
            standing = replace(shown, ts=ts, digest=now.digest)
            await replace(showing, shown=standing).put_up(shown.channel, await draw())

    await take_turns(ticket_id, job=job, cards=rooms, clock=clock, bring_up_to_date=bring_up_to_date)


async def drawn(card: TicketCard, client: Slack) -> Drawn:
    """A ticket's card as this workspace is to show it."""
    site = await client.site() if card.waiting is not None or card.description else ""
    text, blocks = fallback_text(card), ticket_card(card, site=site)
    digest = digest_of(text, blocks)
    return Drawn(text, blocks, digest, card_mark(card.ticket_id, digest))


def _no_channel(card: TicketCard) -> str:
    hint = "`threadline teams add NAME --slack-channel C…`"
    if card.team is None:
        return f"Ticket #{card.number} belongs to no team, so there is no Slack channel to show it in: {hint}"
    return f"Team {card.team} has no Slack channel: {hint}"
