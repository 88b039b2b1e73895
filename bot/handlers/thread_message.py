"""What people write in a card's thread is an internal comment. It can never reach the customer (SPEC 5.2)."""

import logging
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from slack_bolt.async_app import AsyncApp

from bot.door import Door
from bot.identity import Stranger
from bot.text import escape, from_slack, mentioned
from bot.wire import card_seen, comment_source, entry_ticket, remote_files
from core.errors import ChannelError, DeskError, Refused
from ticketing.people.person import Person
from ticketing.tickets.card import Owner

_log = logging.getLogger(__name__)

# Other subtypes are not people writing: edits, deletions, joins, topics, bots. A broadcast is the same message as its
# reply in the thread, and has the same ts.
_WRITTEN = frozenset({None, "file_share", "thread_broadcast", "me_message"})

_MOST_NAMED = 5  # at once
_NO_TICKET = (
    "What you wrote here was not kept: comments need a ticket. Press “Create ticket” on the card above, "
    "or “Reply” to write to the customer."
)
_GRAVE, _SLACKBOT = "tombstone", "USLACKBOT"  # what stands where a post was that others had answered, and whose it is
# A card whose post got no answer is looked for again and again, for a day (storage/jobs).
_NOTED_WITHIN = 24 * 60 * 60.0  # seconds


def register(bolt: AsyncApp, door: Door) -> None:
    @bolt.event("message")
    async def thread_message(event: dict[str, Any], body: dict[str, Any]) -> None:
        root = event.get("thread_ts")
        if not is_human(event) or root is None or root == event["ts"]:
            return
        channel, user = event["channel"], event["user"]
        ticket_id = await door.rooms.ticket_at(channel, root)
        if ticket_id is None and await door.light_cards.conversation_at(channel, root) is not None:
            await tell(door, channel, user, _NO_TICKET, root)
            return
        in_thread = ticket_id is not None
        if ticket_id is None and _may_be_a_card(event, body):
            ticket_id, in_thread = await _unnoted_card(channel, root, _us(body), door)
        if ticket_id is None:
            return
        try:
            await keep(ticket_id, event, channel, door, in_thread=in_thread)
        except Refused as refusal:
            await tell(door, channel, user, f"{refusal.message} What you wrote here was not kept.", root)


async def keep(
    ticket_id: UUID, message: Mapping[str, Any], channel: str, door: Door, *, in_thread: bool = True
) -> None:
    """A message in this ticket's thread as a comment, which it is once. Raises Refused, ChannelError.

    `in_thread`: that of the card that stands, so that it need not be shown there.
    """
    person = await door.person(message["user"])
    text, named, strangers = await words_of(message.get("text") or "", door)
    files = remote_files(message.get("files"))  # a job fetches them
    if not text.strip() and not files:
        return
    source = comment_source(channel, message["ts"])  # an event that is delivered again is the same comment
    await door.desk.comment(
        ticket_id,
        text,
        by=person,
        files=files,
        source=source,
        in_thread=in_thread,
        mentions={each.id for each in named},
    )
    if strangers:
        await tell(door, channel, message["user"], _not_of_the_desk(strangers), message["thread_ts"], ours=True)


def _us(body: Mapping[str, Any]) -> set[str]:
    return {each["user_id"] for each in body.get("authorizations") or [] if each.get("user_id")}


def _may_be_a_card(event: Mapping[str, Any], body: Mapping[str, Any]) -> bool:
    """Whether the thread is under a post of ours, of the last day: a card that we do not know yet to stand there. Or
    under what was deleted, which Slack calls its own from then on.
    """
    if event.get("parent_user_id") == _SLACKBOT:
        return True
    return event.get("parent_user_id") in _us(body) and float(event["ts"]) - float(event["thread_ts"]) < _NOTED_WITHIN


async def _unnoted_card(channel: str, root: str, us: Collection[str], door: Door) -> tuple[UUID | None, bool]:
    """The ticket of a card whose post got no answer, or is being noted just now; or of one that was deleted, whose
    thread people still have before them: what we posted below it says whose it was. And whether that card stands.

    Raises ChannelError.
    """
    async for message in door.slack.replies(channel, root):
        if message["ts"] == root:
            mark = card_seen(message)
            if mark is not None and mark.owner is Owner.TICKET:
                return mark.owner_id, not mark.moved
            if message.get("subtype") != _GRAVE:
                break
        elif message.get("user") in us and (ticket_id := entry_ticket(message)) is not None:
            return ticket_id, False
    return None, False


def _not_of_the_desk(strangers: Sequence[str]) -> str:
    """Their ids come from Slack's own tokens. What only one person sees notifies nobody else."""
    whom = " and ".join(f"<@{each}>" for each in strangers[:_MOST_NAMED])
    return (
        f"Your comment is kept. {whom} {'is' if len(strangers) == 1 else 'are'} not in Threadline: "
        "no watcher of this ticket, and told nothing of it but by Slack. An admin adds people with "
        "`threadline people add`."
    )


async def tell(door: Door, channel: str, user: str, words: str, root: str, *, ours: bool = False) -> None:
    """Privately, in the thread. That Slack does not take it is no reason to hear the event again.

    `ours`: our own words, with mentions in them.
    """
    try:
        await door.slack.tell(channel, user, words if ours else escape(words), thread_ts=root)
    except ChannelError as error:
        # Nothing was kept and nothing will be: having the event again would not help anybody.
        _log.warning("could not tell %s in %s: %s", user, channel, error.message)


def is_human(event: Mapping[str, Any]) -> bool:
    """Whether a person wrote this, and not a bot or Slack itself."""
    return bool(event.get("user")) and "bot_id" not in event and event.get("subtype") in _WRITTEN


async def words_of(text: str, door: Door) -> tuple[str, Sequence[Person], Sequence[str]]:
    """What a message says to its reader, the colleagues whom it names, and Slack's ids of who is none of the desk's."""
    named, strangers = {}, []
    for user in dict.fromkeys(mentioned(text)):
        try:
            named[user] = await door.person(user)
        except Stranger as stranger:
            strangers += [user] if stranger.email is not None else []  # apps have none
        except DeskError:
            continue
    return from_slack(text, {user: each.name for user, each in named.items()}), list(named.values()), strangers
