"""Whether the app can do its work: each thing that has to be so, as a line with what to do where it is not."""

from collections.abc import Mapping, Sequence

from bot.config import SlackConfig
from bot.manifest import APP_SCOPE, SCOPES
from bot.setup.account import Account, Installed
from connectors.contract import Check
from core.errors import ChannelError, ChannelUnavailable

_TEST = "A test message from Threadline, gone in a moment: this channel is connected."
_WHERE = "SLACK_BOT_TOKEN stands on the app's page under OAuth & Permissions: xoxb-…"
_AGAIN = "Paste what `threadline slack manifest` prints as the app's manifest, then install the app again."


async def check_app(account: Account) -> Sequence[Check]:
    """The bot token and what it may. One line, and nothing more to ask, where it opens nothing."""
    try:
        installed = await account.whoami()
    except ChannelError as error:
        return [_failed("", error, _WHERE)]
    where = f"{installed.team} ({installed.site})"
    if not installed.is_bot:
        todo = "Set SLACK_BOT_TOKEN to the “Bot User OAuth Token”, xoxb-…"
        return [Check(f"The token is of {installed.user}, a person of {where}.", ok=False, todo=todo)]
    return [Check(f"The bot token opens {where} as @{installed.user}", ok=True), _scopes(installed)]


def _scopes(installed: Installed) -> Check:
    granted = installed.scopes
    if granted is None:
        return Check("Slack does not say which permissions the app has", ok=True)
    reasons = {scope.name: scope.why for scope in SCOPES}
    if lacking := [name for name in reasons if name not in granted]:
        named = "; ".join(f"{name} ({reasons[name]})" for name in lacking)
        return Check(f"The app lacks permissions: {named}.", ok=False, todo=_AGAIN)
    more = sorted(granted - reasons.keys())
    unneeded = f", and some that Threadline does not need: {', '.join(more)}" if more else ""
    return Check(f"The app has the {len(reasons)} permissions that it needs{unneeded}", ok=True)


async def check_way_in(account: Account, config: SlackConfig) -> Sequence[Check]:
    """How Slack brings events, as far as the settings and Slack say."""
    if config.app_token:
        try:
            await account.open_socket()
        except ChannelError as error:
            todo = f"Make an app-level token with {APP_SCOPE} (Basic Information) and set SLACK_APP_TOKEN, xapp-…"
            return [_failed("Socket Mode: ", error, todo)]
        return [Check("The app-level token opens Socket Mode: run `threadline bot`, or `threadline up`", ok=True)]
    if not config.signing_secret:
        todo = "Set SLACK_SIGNING_SECRET (HTTP) or SLACK_APP_TOKEN (Socket Mode)."
        return [Check("Slack cannot reach the desk.", ok=False, todo=todo)]
    return []


async def check_channels(account: Account, wanted: Mapping[str, str]) -> Sequence[Check]:
    """`wanted`: a channel's id, and whose it is. Asked one after the other: teams are few."""
    return [await _channel(account, channel, whose) for channel, whose in wanted.items()]


async def _channel(account: Account, channel: str, whose: str) -> Check:
    try:
        room = await account.room(channel)
    except ChannelError as error:
        todo = "Look at `threadline teams list`; in a private channel: `/invite @Threadline`."
        return _failed(f"{whose}: ", error, todo)
    if room.is_archived:
        todo = "Unarchive it, or give the team another one: `threadline teams add NAME --slack-channel C…`"
        return Check(f"{whose}: #{room.name} is archived.", ok=False, todo=todo)
    if not room.is_member:
        return Check(
            f"{whose}: the app is not in #{room.name}.", ok=False, todo=f"`/invite @Threadline` in #{room.name}"
        )
    shared = ", which another organisation shares: its people read the cards" if room.is_shared else ""
    return Check(f"{whose}: the app is in #{room.name}{shared}", ok=True)


async def test_message(account: Account, channel: str) -> Check:
    """Post one and delete it again."""
    try:
        await account.say_and_unsay(channel, _TEST)
    except ChannelError as error:
        return _failed(f"The test message in {channel}: ", error, "Mend that, and try again.")
    return Check(f"A test message was posted in {channel} and deleted again", ok=True)


def _failed(what: str, error: ChannelError, todo: str) -> Check:
    """Nothing is to be mended while Slack is away."""
    away = isinstance(error, ChannelUnavailable)
    return Check(f"{what}{error.message}", ok=False, todo="Try again when Slack is back." if away else todo)
