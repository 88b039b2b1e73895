"""`threadline connect slack`: everything that has to be so before the team can work in Slack, looked at in one go.

There is nothing to set up by a program: the app is made of the manifest, in the browser.
"""

import json
import secrets
import time
from collections.abc import Mapping, Sequence

import httpx
from slack_sdk.signature import SignatureVerifier

from app.run import database
from app.settings import Settings
from bot.config import SlackConfig
from bot.manifest import PATH
from bot.setup.account import Account
from bot.setup.checks import check_app, check_channels, check_way_in, test_message
from connectors.contract import Check
from core.errors import ChannelUnavailable, NotFound
from storage.engine import create_engine
from storage.migrate import current, newest
from storage.queries.teams import team_channels

_PATIENCE = 5.0  # seconds for our own address
OFF = (
    "slack is off. Set SLACK_BOT_TOKEN, and SLACK_SIGNING_SECRET or SLACK_APP_TOKEN, in the environment or in .env; "
    "docs/slack.md says where to get them."
)


async def connect_slack(settings: Settings, *, test_channel: str | None) -> Sequence[Check]:
    """Raises NotFound where Slack is off."""
    if settings.slack is None:
        raise NotFound(OFF)
    checks = [*await look_at_slack(settings.slack, await _channels(settings))]
    if settings.slack.signing_secret:
        checks.append(await _door(settings.public_base_url, settings.slack.signing_secret))
    if test_channel is not None:
        checks.append(await test_message(Account(settings.slack), test_channel))
    return checks


async def look_at_slack(config: SlackConfig, channels: Mapping[str, str] | None) -> Sequence[Check]:
    """The app, the way in and the teams' channels (None: they are not known). Changes nothing."""
    account = Account(config)
    app = await check_app(account)
    if not app[0].ok:
        return app
    checks = [*app, *await check_way_in(account, config)]
    if channels is None:
        what = "The database is not there, so the teams' channels are not known."
        return [*checks, Check(what, ok=False, todo="threadline up")]
    if not channels:
        todo = "threadline teams add Support --slack-channel C…"
        checks.append(Check("No team has a Slack channel yet.", ok=False, todo=todo))
    return [*checks, *await check_channels(account, channels)]


async def _channels(settings: Settings) -> Mapping[str, str] | None:
    try:
        async with database(settings) as dsn:
            engine = create_engine(dsn, size=1)
            try:
                return await team_channels(engine) if await current(engine) == newest() else {}
            finally:
                await engine.dispose()
    except ChannelUnavailable:
        return None


async def _door(public_base_url: str, secret: str) -> Check:
    """Knock as Slack does when an admin enters the address: signed, with a challenge that has to come back."""
    url = f"{public_base_url.rstrip('/')}{PATH}"
    challenge, at = secrets.token_hex(8), str(int(time.time()))
    body = json.dumps({"type": "url_verification", "challenge": challenge})
    signature = SignatureVerifier(secret).generate_signature(timestamp=at, body=body) or ""
    headers = {"content-type": "application/json", "x-slack-request-timestamp": at, "x-slack-signature": signature}
    try:
        async with httpx.AsyncClient(timeout=_PATIENCE, trust_env=False) as http:
            answer = await http.post(url, content=body, headers=headers)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return _shut(url, f"does not answer ({type(error).__name__})")
    if answer.status_code == httpx.codes.UNAUTHORIZED:
        todo = "It runs with another SLACK_SIGNING_SECRET: start it again with these settings."
        return Check(f"{url} refuses what is signed with our secret.", ok=False, todo=todo)
    if answer.status_code != httpx.codes.OK or challenge not in answer.text:
        return _shut(url, f"answers {answer.status_code}")
    return Check(f"{url} takes what is signed with our secret; only Slack knows whether that is the app's", ok=True)


def _shut(url: str, found: str) -> Check:
    todo = "Start the desk (threadline up), and see that PUBLIC_BASE_URL leads to it from outside."
    return Check(f"{url} {found}, as seen from this machine.", ok=False, todo=todo)
