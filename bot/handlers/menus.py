"""What the menus behind a card's More offer while somebody types. Who may not ask is offered nothing."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.door import Door
from bot.intents import Field
from bot.refs import StaleButton
from bot.submission import Submission
from bot.views.hand_off_modal import TEAM
from bot.views.links_modal import ticket_options
from bot.views.people_menu import colleague_options, everybody_options
from bot.views.tags_modal import tag_options
from bot.views.ticket_merge_modal import duplicate_options
from bot.wire import Json
from core.errors import DeskError
from ticketing.people.person import Person

Offer = Callable[[Door, Submission, str, Person], Awaitable[list[Json]]]


def register(bolt: AsyncApp, door: Door) -> None:
    for field, offer in _OFFERS.items():
        bolt.options(field)(_listener(door, offer))


def _listener(door: Door, offer: Offer) -> Callable[[AsyncAck, dict[str, Any]], Awaitable[None]]:
    async def suggest(ack: AsyncAck, body: dict[str, Any]) -> None:
        form = Submission.decode(body)
        try:
            options = await offer(door, form, str(body.get("value") or ""), await door.person(form))
        except DeskError:
            options = []
        await ack(options=options)

    return suggest


async def _assignees(door: Door, form: Submission, said: str, by: Person) -> list[Json]:
    return colleague_options(await door.desk.assignable(form.ref.ticket_id, said, by=by))


async def _members(door: Door, form: Submission, said: str, by: Person) -> list[Json]:
    try:
        team = UUID(form.said(TEAM))
    except ValueError as error:
        raise StaleButton from error
    return colleague_options(await door.desk.members(form.ref.ticket_id, team, said, by=by))


async def _everybody(door: Door, form: Submission, said: str, by: Person) -> list[Json]:
    return everybody_options(await door.desk.everybody(form.ref.ticket_id, said, by=by))


async def _tags(door: Door, _: Submission, said: str, by: Person) -> list[Json]:
    return tag_options(await door.desk.known_tags(said, by=by), said)


async def _tickets(door: Door, form: Submission, said: str, by: Person) -> list[Json]:
    return ticket_options(await door.desk.linkable(form.ref.ticket_id, said, by=by))


async def _duplicates(door: Door, form: Submission, said: str, by: Person) -> list[Json]:
    return duplicate_options(await door.desk.mergeable(form.ref.ticket_id, said, by=by))


_OFFERS: Mapping[str, Offer] = {
    Field.ASSIGNEE: _assignees,
    Field.COLLEAGUE: _members,
    Field.OWNER: _everybody,
    Field.WATCHER: _everybody,
    Field.TAGS: _tags,
    Field.LINKED: _tickets,
    Field.DUPLICATE: _duplicates,
}
