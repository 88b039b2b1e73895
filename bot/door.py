"""What every handler is given: the desk to call, Slack to answer through, and who somebody is."""

import logging
from dataclasses import dataclass

from slack_bolt.context.ack.async_ack import AsyncAck

from bot.client import Slack
from bot.finding import Finding
from bot.identity import identify
from bot.ports import Customers, LightCards, Rooms
from bot.press import Press
from bot.showing.home import show_home
from bot.submission import Submission
from bot.text import escape
from bot.views.notice import done, notice
from bot.wire import Json
from core.errors import ChannelError, DeskError
from core.instants import Clock
from ticketing.desk import Desk
from ticketing.home.ports import Homes
from ticketing.people.person import Person
from ticketing.resolution.no_actions import no_actions
from ticketing.resolution.ports import ActionsOf

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Door:
    """Slack's door to the desk. It identifies; the desk authorises."""

    desk: Desk
    rooms: Rooms
    light_cards: LightCards
    customers: Customers
    finding: Finding
    homes: Homes
    slack: Slack
    clock: Clock
    actions: ActionsOf = no_actions

    async def person(self, who: Press | Submission | str) -> Person:
        """Who clicked, submitted or wrote. Raises Stranger."""
        user = who if isinstance(who, str) else who.clicker if isinstance(who, Press) else who.person
        return await identify(user, desk=self.desk, rooms=self.rooms, slack=self.slack, clock=self.clock)

    async def tell(self, press: Press, words: str, *, blocks: list[Json] | None = None) -> None:
        """Answer a click, so that only the clicker sees it; `blocks` say the same, with a button that helps.

        Raises ChannelError: then the click itself has to fail.
        """
        if press.on_home:  # nobody can be told anything there: a modal does
            await self.slack.open_view(press.trigger_id, notice(words, instead=blocks))
            return
        if press.view:
            await self.slack.update_view(press.view, press.view_hash, notice(words, instead=blocks))
            return
        if press.is_private and press.response_url:  # it may stand where the app is no member
            await self.slack.respond(press.response_url, escape(words), blocks=blocks, thread_ts=press.thread_ts)
            return
        await self.slack.tell(press.channel, press.clicker, escape(words), blocks=blocks, thread_ts=press.thread_ts)

    async def done(self, press: Press, words: str) -> None:
        """A click did what it says. On a card that can be seen; elsewhere it is shown, or said."""
        try:
            if press.on_home:
                await self.show_home(await self.person(press), press.clicker)
            elif press.view:
                await self.slack.update_view(press.view, press.view_hash, done(words))
            elif press.is_direct:
                await self.tell(press, words)
        except ChannelError as error:  # it is done all the same
            _log.warning("what a click did is not shown: %s", error.message)

    async def show_home(self, person: Person, slack_user: str) -> None:
        """Raises ChannelError."""
        await show_home(person, slack_user, homes=self.homes, client=self.slack, clock=self.clock)


async def refuse(ack: AsyncAck, refusal: DeskError, *, field: str | None = None) -> None:
    """Answer a submission: at the field where the words belong to one, else in place of the form."""
    if field is not None:
        await ack(response_action="errors", errors={field: refusal.message})
    else:
        await ack(response_action="update", view=notice(refusal.message))
