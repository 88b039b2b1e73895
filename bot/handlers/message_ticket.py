"""Create ticket, in a message's own menu: a customer's message becomes a ticket of its own, as its ⋯ menu has it;
anything else that is written in Slack fills the form.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.door import Door
from bot.handlers import conversation_ticket
from bot.handlers.create_ticket import open_form
from bot.handlers.thread_message import words_of
from bot.intents import Shortcut
from bot.text import escape
from bot.views.create_modal import MOST_DESCRIPTION, Beginning
from bot.views.description import with_source
from bot.views.message_menu import entry_shown
from bot.wire import permalink
from core.errors import DeskError
from ticketing.people.person import Person
from ticketing.triage.decide import first_words


def register(bolt: AsyncApp, door: Door) -> None:
    @bolt.message_shortcut(Shortcut.TICKET_FROM_MESSAGE)
    async def from_message(ack: AsyncAck, body: dict[str, Any]) -> None:
        try:
            person = await door.person(str(body["user"]["id"]))
            await _carry_out(door, body, person)
        except DeskError as refusal:
            await door.slack.respond(str(body["response_url"]), escape(refusal.message))
        await ack()


async def _carry_out(door: Door, body: Mapping[str, Any], person: Person) -> None:
    message, trigger_id = body["message"], str(body["trigger_id"])
    is_ours = bool(message.get("bot_id"))
    if is_ours and (entry := entry_shown(message.get("blocks") or [])) is not None:
        await _split(door, entry, person, str(body["response_url"]))
    elif is_ours and (light := await door.light_cards.conversation_at(body["channel"]["id"], message["ts"])):
        await conversation_ticket.open_form(door, trigger_id, light)
    else:
        await open_form(door, trigger_id, await _beginning(door, body))


async def _split(door: Door, entry: UUID, person: Person, url: str) -> None:
    ticket = await door.desk.split_message(entry, by=person)
    link = await door.finding.link(ticket.number)
    await door.slack.respond(url, f"✅ <{link}|#{ticket.number}> is open, with this message.")


async def _beginning(door: Door, body: Mapping[str, Any]) -> Beginning:
    """In the thread of a card: for its customer. A card has no words of its own."""
    message, channel = body["message"], str(body["channel"]["id"])
    ts = str(message.get("ts") or body["message_ts"])
    root = str(message.get("thread_ts") or ts)
    conversation_id = await _talked_about(door, channel, root)
    conversation = await door.finding.conversation(conversation_id) if conversation_id else None
    is_ours = bool(message.get("bot_id")) and conversation is not None
    said = "" if is_ours else (await words_of(message.get("text") or "", door))[0]
    if not said.strip():
        return Beginning(conversation)
    source = permalink(await door.slack.site(), channel, ts, root)
    return Beginning(conversation, first_words(said), with_source(said, source, most=MOST_DESCRIPTION))


async def _talked_about(door: Door, channel: str, root: str) -> UUID | None:
    ticket_id = await door.rooms.ticket_at(channel, root)
    if ticket_id is not None:
        return (await door.rooms.card(ticket_id)).conversation_id
    return await door.light_cards.conversation_at(channel, root)
