"""Saved replies: chosen in the form for a reply, one is put into its box, below what was typed."""

from contextlib import suppress
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.door import Door
from bot.handlers import reply_form, writing
from bot.intents import Field
from bot.press import Press
from bot.submission import Submission
from bot.views.reply_aids import options
from bot.views.reply_modal import Draft, put_in, said
from core.errors import DeskError, Refused


def register(bolt: AsyncApp, door: Door) -> None:
    @bolt.action(Field.SAVED_REPLY)
    async def choose(ack: AsyncAck, body: dict[str, Any]) -> None:
        form, key = Submission.decode(body), Press.decode(body).value
        with suppress(Refused):  # the form stays as it is, and sending says what is wrong
            opened = await reply_form.opened(door, form, str(body["view"]["hash"]))
            draft = await reply_form.so_far(door, form, opened.person)
            await reply_form.fill_in(door, opened, await _with(door, opened, draft, key))
        await ack()

    @bolt.options(Field.SAVED_REPLY)
    async def search(ack: AsyncAck, body: dict[str, Any]) -> None:
        form = Submission.decode(body)
        try:
            replies = await door.desk.saved_replies(form.ref.ticket_id, by=await door.person(form))
        except DeskError:
            replies = ()
        await ack(options=options(replies, str(body.get("value") or "")))


async def _with(door: Door, form: reply_form.Opened, draft: Draft, key: str) -> Draft:
    """Filled in, or with the reason why not; what was typed stands in it either way."""
    try:
        words = await door.desk.fill_saved_reply(form.card.ticket_id, key, by=form.person)
    except Refused as refusal:
        return said(draft, f"⚠️ {refusal.message}")
    return put_in(draft, words, "The saved reply", most=writing.most(door, form.card.channel))
