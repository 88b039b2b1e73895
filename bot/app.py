"""The Bolt application: our listeners behind Slack's signature. Made once a process, for HTTP and Socket Mode alike."""

import logging

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from bot.calls import web_client
from bot.client import Slack
from bot.config import SlackConfig
from bot.door import Door
from bot.finding import Finding
from bot.handlers import LISTENERS, trouble
from bot.ports import Customers, LightCards, Rooms
from core.instants import Clock
from ticketing.desk import Desk
from ticketing.home.ports import Homes
from ticketing.resolution.no_actions import no_actions
from ticketing.resolution.ports import ActionsOf

_bolt_log = logging.getLogger("bot.bolt")
# Below this, Bolt warns about tokens it was not given, and logs a line for every request.
_bolt_log.setLevel(logging.ERROR)


def build(
    config: SlackConfig,
    desk: Desk,
    rooms: Rooms,
    light_cards: LightCards,
    customers: Customers,
    finding: Finding,
    homes: Homes,
    *,
    slack: Slack,
    clock: Clock,
    actions: ActionsOf = no_actions,
) -> AsyncApp:
    """The application. `slack` is what it answers through; whoever made that closes it. `actions`: what people can run;
    here they are only asked what they take.
    """
    bolt = AsyncApp(
        name="threadline",
        logger=_bolt_log,
        signing_secret=config.signing_secret,
        # Listeners finish before Slack is answered: an event counts as received only once it is kept.
        process_before_response=True,
        client=web_client(config, token=None),
        authorize=_authorize,
        ignoring_self_events_enabled=False,  # thread_message leaves out all bots, ours among them
    )
    door = Door(desk, rooms, light_cards, customers, finding, homes, slack, clock, actions)
    for register in LISTENERS:
        register(bolt, door)
    trouble.register(bolt, door)
    return bolt


async def _authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
    """One workspace, one token, which `Slack` holds. Bolt's own way asks Slack, and drops the event if that fails."""
    return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id)
