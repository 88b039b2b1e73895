"""Suggest reply: in the form for a reply, the AI drafts the words, and a person edits and sends them.

A worker has them written. Until then the form shows no box: what somebody typed meanwhile, nobody could put back. What
was typed before is kept with the suggestion, and comes back whatever becomes of it.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.door import Door, refuse
from bot.handlers import reply_form, writing
from bot.intents import Action, Form
from bot.reach import Reach
from bot.refs import StaleButton
from bot.submission import Submission
from bot.views.reply_modal import Draft, put_in, said
from core.errors import DeskError, Refused
from ticketing.conversations.origin import Origin
from ticketing.conversations.parts import GivenFile
from ticketing.drafting.ports import AskedDraft
from ticketing.people.person import Person

_WAITS = "waits_for"  # in what the form carries
_BELOW = "\n\n———\n\n"
_READ_IT = "✨ Suggested by the AI. Read it, and change what is not so, before you send it."
_NOT_SENT = "⚠️ This was not sent: the AI was still writing. Press Send again to send it as it stands here."


async def _waits(body: dict[str, Any]) -> bool:
    with suppress(DeskError):
        return bool(Submission.decode(body).said(_WAITS))
    return False


def register(bolt: AsyncApp, door: Door) -> None:
    @bolt.action(Action.SUGGEST)
    async def suggest(ack: AsyncAck, body: dict[str, Any]) -> None:
        form = Submission.decode(body)
        with suppress(Refused):  # the form stays as it is, and sending says what is wrong
            opened = await reply_form.opened(door, form, str(body["view"]["hash"]))
            await _ask(door, opened, await reply_form.so_far(door, form, opened.person))
        await ack()

    @bolt.action(Action.GO_ON)
    async def go_on(ack: AsyncAck, body: dict[str, Any]) -> None:
        form = Submission.decode(body)
        with suppress(Refused):
            opened = await reply_form.opened(door, form, str(body["view"]["hash"]))
            await reply_form.fill_in(door, opened, said(await _before(door, form, opened.person), None))
        await ack()

    @bolt.view(Form.REPLY, matchers=[_waits])
    async def too_early(ack: AsyncAck, body: dict[str, Any]) -> None:
        form = Submission.decode(body)
        try:
            draft = said(await _before(door, form, await door.person(form)), _NOT_SENT)
            await ack(response_action="update", view=await reply_form.anew(door, form, draft))
        except DeskError as refusal:
            await refuse(ack, refusal)


async def _ask(door: Door, opened: reply_form.Opened, draft: Draft) -> None:
    """The form says that it waits; only then somebody writes: their answer is for the form that waits."""
    try:
        asked = await door.desk.ask_for_draft(opened.card.ticket_id, _kept(opened, draft), by=opened.person)
    except Refused as refusal:
        await reply_form.fill_in(door, opened, said(draft, f"⚠️ {refusal.message}"))
        return
    shown = await reply_form.fill_in(door, opened, replace(draft, waits_for=asked.id))
    if shown is None:  # pressed twice, or it is closed
        await door.desk.drop_draft(asked.id, by=opened.person)
    else:
        await door.desk.begin_draft(asked.id, _kept(replace(opened, shown=shown), draft), by=opened.person)


async def _before(door: Door, form: Submission, person: Person) -> Draft:
    """What stood in the form when it began to wait. Raises StaleButton, NotFound."""
    try:
        asked = await door.desk.asked_draft(UUID(form.said(_WAITS)), by=person)
    except ValueError as error:
        raise StaleButton from error
    _, draft = await _restored(door, asked, person)
    return draft


async def show_suggestion(door: Reach, asked: AskedDraft, person: Person) -> None:
    """Put it into the form that waits for it, if that still does. Safe to repeat. Raises ChannelError, NotFound."""
    opened, draft = await _restored(door, asked, person)
    await reply_form.fill_in(door, opened, _with(door, opened, draft, asked))


def _with(door: Reach, opened: reply_form.Opened, draft: Draft, asked: AskedDraft) -> Draft:
    if asked.text is None:
        return said(draft, f"⚠️ {asked.why}")
    most = writing.most(door, opened.card.channel)
    filled = put_in(draft, asked.text, "The suggestion", most=most, between=_BELOW)
    if filled.aside is not None:  # it did not fit
        return filled
    return replace(filled, aside=_READ_IT, origin=replace(draft.origin, drafted=True))


def _kept(opened: reply_form.Opened, draft: Draft) -> dict[str, str]:
    """What is needed to draw the form again, whoever does it."""
    origin = draft.origin
    return {
        "view": opened.view_id,
        "shown": opened.shown,
        "seen": opened.seen.isoformat(),
        "text": draft.text,
        "then": draft.then or "",
        "turn": str(draft.turn),
        "comment": str(origin.comment_id or ""),
        "drafted": "yes" if origin.drafted else "",
        **({"cc": draft.cc} if draft.cc is not None else {}),
        "files": " ".join(str(each.id) for each in draft.files),
    }


async def _restored(door: Reach, asked: AskedDraft, person: Person) -> tuple[reply_form.Opened, Draft]:
    kept = asked.form
    card = await door.rooms.card(asked.ticket_id)
    opened = reply_form.Opened(kept["view"], kept["shown"], card, person, datetime.fromisoformat(kept["seen"]))
    origin = Origin(UUID(kept["comment"]) if kept["comment"] else None, bool(kept["drafted"]))
    files = await _files(door, card.conversation_id, kept, person)
    turn, cc = int(kept["turn"]), kept.get("cc")
    return opened, Draft(kept["text"], kept["then"] or None, None, files, origin, turn=turn, cc=cc)


async def _files(door: Reach, conversation_id: UUID, kept: Mapping[str, str], person: Person) -> Sequence[GivenFile]:
    had = [UUID(each) for each in kept["files"].split()]
    if not had:
        return ()
    try:
        return await door.desk.give_files([], conversation_id, beside=had, by=person, request=kept["view"])
    except DeskError:  # gone since, or nothing can be sent there any more: the words are worth more than waiting
        return ()
