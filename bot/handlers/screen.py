"""The screen of one ticket, behind a card's More, for whoever draws it anew: it, and every form that opens from it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from slack_bolt.context.ack.async_ack import AsyncAck

from bot.beneath import Beneath
from bot.door import Door, refuse
from bot.press import Press
from bot.refs import Ref
from bot.submission import Submission
from bot.views.notice import notice
from bot.views.overview_modal import overview_modal
from bot.wire import Json
from core.errors import DeskError, MessageRefused
from ticketing.people.person import Person
from ticketing.tickets.changes import ChangedMeanwhile

# Slack waits three seconds for the answer to a form, and what was saved must not be called a failure.
_PATIENCE = 1.5
_OVERTAKEN = {"hash_conflict", "not_found"}


@dataclass(frozen=True, slots=True)
class Asked:
    """Who wants which form of which ticket."""

    person: Person
    ref: Ref
    beneath: Beneath | None = None  # the screen from which it opens
    other_id: UUID | None = None  # the other ticket that it is about


async def screen_of(door: Door, ticket_id: UUID, person: Person, *, said: str = "", drawn: str = "") -> Json:
    """Raises NotFound."""
    card = await door.rooms.card(ticket_id)
    seen = await door.desk.overview(ticket_id, by=person)
    return overview_modal(card, seen, now=door.clock(), said=said, drawn=drawn)


async def redraw(door: Door, at: Beneath, view: Json) -> None:
    """In place of what was pressed. Where that is newer by now, or closed, it stays: pressed twice, for one."""
    try:
        await door.slack.update_view(at.view, at.hash, view)
    except MessageRefused as refusal:
        if refusal.vendor_code not in _OVERTAKEN:
            raise


def beneath_of(form: Submission) -> Beneath | None:
    return Beneath.read(form.said("under"))


async def refresh(door: Door, form: Submission) -> Beneath | None:
    """Draw the screen below a form anew; where it stands then. What does not show now shows when it is opened again."""
    beneath = beneath_of(form)
    if beneath is None:
        return None
    with suppress(DeskError, TimeoutError):
        async with asyncio.timeout(_PATIENCE):
            view = await screen_of(door, form.ref.ticket_id, await door.person(form), drawn=beneath.hash)
            return Beneath(beneath.view, await door.slack.update_view(beneath.view, beneath.hash, view))
    return beneath


async def take_away(
    door: Door,
    ack: AsyncAck,
    body: dict[str, Any],
    do: Callable[[Press, Person], Awaitable[object]],
    pushed_form: Callable[[Door, Asked, str], Awaitable[Json]],
) -> None:
    """Carry out the button of one line in a form that lies on the screen, and draw the form anew: it says a refusal."""
    press, form, said = Press.decode(body), Submission.decode(body), ""
    try:
        person = await door.person(press)
        try:
            await do(press, person)
        except DeskError as refusal:
            said = refusal.message
        view = await pushed_form(door, Asked(person, press.ref, await refresh(door, form)), said)
    except DeskError as refusal:
        view = notice(refusal.message)
    await redraw(door, Beneath.of(body), view)
    await ack()


async def save(
    door: Door,
    ack: AsyncAck,
    body: dict[str, Any],
    do: Callable[[Submission, Person], Awaitable[object]],
    *,
    field: str,
    at: Mapping[type[DeskError], str] | None = None,
) -> None:
    """Carry out a form that lies on the screen. Refusals are told at its `field`, or `at` another: nothing is lost."""
    form = Submission.decode(body)
    try:
        await do(form, await door.person(form))
    except DeskError as refusal:
        if isinstance(refusal, ChangedMeanwhile):
            await refresh(door, form)  # so that it shows, once the form is closed
        there = next((name for kind, name in (at or {}).items() if isinstance(refusal, kind)), field)
        await refuse(ack, refusal, field=form.block_of(there))
    else:
        await refresh(door, form)
        await ack()
