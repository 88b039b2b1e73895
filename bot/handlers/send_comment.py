"""Send to customer: a shortcut in the menu of a message. One's own comment becomes a reply, in the form for one.

Nothing leaves by it: the form's own button sends. Whoever may not is told in a dialog, which opens wherever they are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.door import Door
from bot.handlers import reply_form
from bot.handlers.thread_message import words_of
from bot.intents import Shortcut
from bot.press import Press
from bot.text import size
from bot.views.notice import notice
from bot.views.reply_modal import BOX, Draft
from bot.wire import comment_source, remote_files
from core.errors import DeskError
from core.messages import RemoteFile
from ticketing.conversations.origin import Origin
from ticketing.conversations.parts import FileRefused, GivenFile
from ticketing.conversations.send_comment import CommentNotSendable, OwnComment
from ticketing.people.person import Person

_OURS = (
    "This is a post of Threadline's. Only what you wrote yourself in a ticket's thread can be sent to the customer "
    "this way; “Reply” on the card writes a new message."
)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The message in whose menu they chose it, as it reads now."""

    press: Press
    source: str  # what a comment there is known by
    text: str
    files: Sequence[RemoteFile]
    by_app: bool
    act: str  # the name of this choosing

    @classmethod
    def decode(cls, body: Mapping[str, Any]) -> Self:
        message, channel = body["message"], body["channel"]["id"]
        return cls(
            Press(body["user"]["id"], channel, message.get("thread_ts"), body["trigger_id"], ""),
            comment_source(channel, message["ts"]),
            message.get("text") or "",
            remote_files(message.get("files")),
            "bot_id" in message,
            f"slack:{channel}:{message['ts']}:{body['action_ts']}",
        )


def register(bolt: AsyncApp, door: Door) -> None:
    @bolt.message_shortcut(Shortcut.SEND_COMMENT)
    async def send_comment(ack: AsyncAck, body: dict[str, Any]) -> None:
        chosen = Chosen.decode(body)
        try:
            person = await door.person(chosen.press)
            comment = await _comment(door, chosen, person)
            draft = await _draft(door, chosen, comment, person)
            await reply_form.open_form(door, chosen.press, comment.ticket_id, person, draft=draft)
        except DeskError as refusal:
            await door.slack.open_view(chosen.press.trigger_id, notice(refusal.message))
        await ack()


async def _comment(door: Door, chosen: Chosen, person: Person) -> OwnComment:
    if chosen.by_app:
        raise CommentNotSendable(_OURS)
    return await door.desk.comment_to_send(chosen.source, by=person)


async def _draft(door: Door, chosen: Chosen, comment: OwnComment, person: Person) -> Draft:
    """Its newest words: what is kept of a comment is what it said first."""
    text, _, _ = await words_of(chosen.text, door)
    if (length := size(text)) > BOX:
        raise CommentNotSendable(
            f"This comment has {length:,} characters, and the form for a reply takes {BOX:,}. Press “Reply” on the "
            "card and copy into it what the customer is to read."
        )
    files, aside = await _files(door, chosen, comment, person)
    return Draft(text, files=files, origin=Origin(comment.id), aside=aside)


async def _files(
    door: Door, chosen: Chosen, comment: OwnComment, person: Person
) -> tuple[Sequence[GivenFile], str | None]:
    """Those of the comment, given anew: a comment's own are never sent. What cannot be is said in the form."""
    if not chosen.files:
        return (), None
    try:
        given = await door.desk.give_files(
            chosen.files, comment.conversation_id, by=person, request=f"{chosen.act}:files"
        )
    except FileRefused as refusal:
        return (), f"The comment's files are left out: {refusal.message}"
    return given, None
