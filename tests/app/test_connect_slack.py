"""`threadline connect slack` and what the doctor says of Slack, against an emulated workspace."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from typer.testing import CliRunner, Result

from app.cli import cli
from bot.client import Slack
from bot.config import SlackConfig
from bot.manifest import scopes
from core.ids import new_id
from emulators.slack import Channel, Workspace
from storage.database import Database
from storage.queries.teams import team_channels
from storage.work.people import People
from tests.app.shell import Shell
from tests.bot.office import staffed
from ticketing.people.person import Team


@pytest.fixture
async def workspace() -> AsyncIterator[Workspace]:
    made = Workspace(limits=False, scopes=scopes(), name="Acme")
    made.add_user("mia", "mia@desk.example")
    async with made.serve():
        yield made


@pytest.fixture
def support(workspace: Workspace) -> Channel:
    return workspace.add_channel("support")


@pytest.fixture
def config(workspace: Workspace) -> SlackConfig:
    return SlackConfig(workspace.bot_token, workspace.signing_secret, api_url=f"{workspace.base_url}/api/")


@pytest.fixture
def settings(workspace: Workspace, database: str, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setenv("DATABASE_URL", database)
    monkeypatch.setenv("SLACK_BOT_TOKEN", workspace.bot_token)
    monkeypatch.setenv("SLACK_SIGNING_SECRET", workspace.signing_secret)
    monkeypatch.setenv("SLACK_API_URL", f"{workspace.base_url}/api/")
    return monkeypatch


@pytest.fixture
async def desk(
    engine: AsyncEngine,
    store: Database,
    workspace: Workspace,
    config: SlackConfig,
    support: Channel,
    settings: pytest.MonkeyPatch,
) -> AsyncIterator[None]:
    """The desk behind its door, and settings that lead to it."""
    slack = Slack(config)
    async with staffed(engine, store, workspace, config, slack, support):
        url = workspace.courier.url
        assert url is not None
        settings.setenv("PUBLIC_BASE_URL", url.removesuffix("/slack/events"))
        yield
    await slack.close()


async def connect(*words: str) -> Result:
    """In a thread: the command has an event loop of its own."""
    shell = CliRunner(env={"COLUMNS": "300"})
    return await asyncio.to_thread(shell.invoke, cli, ["connect", "slack", *words])


async def doctor() -> str:
    return (await asyncio.to_thread(CliRunner(env={"COLUMNS": "300"}).invoke, cli, ["doctor"])).stdout


@pytest.mark.usefixtures("desk")
class TestConnected:
    async def test_everything_that_has_to_be_so_is_said(self, workspace: Workspace, support: Channel) -> None:
        before = len(support.messages)
        said = await connect("--test-channel", support.id)
        assert said.exit_code == 0, said.output
        assert "✓ The bot token opens Acme (https://acme.slack.com/) as @threadline" in said.stdout
        assert f"✓ The app has the {len(scopes())} permissions that it needs" in said.stdout
        assert "✓ Team Support: the app is in #support" in said.stdout
        assert "/slack/events takes what is signed with our secret" in said.stdout
        assert f"✓ A test message was posted in {support.id} and deleted again" in said.stdout
        assert len(support.messages) == before
        assert all(check["ok"] for check in json.loads((await connect("--json")).stdout))

    async def test_a_missing_permission_is_named_with_its_reason(self, workspace: Workspace) -> None:
        workspace.scopes -= {"files:write"}
        said = await connect()
        assert said.exit_code == 1
        assert "! The app lacks permissions: files:write (pictures, shown in place)." in said.stdout
        assert "install the app again" in said.stdout
        assert "lacks permissions: files:write" in (await doctor())

    async def test_names_from_slack_do_nothing_to_the_terminal(self, workspace: Workspace, support: Channel) -> None:
        workspace.name, support.name = "Acme [red]\x1b[31m", "sup\x1b]0;port"
        said = (await connect()).stdout
        assert "\x1b" not in said
        assert "Acme [red]" in said

    async def test_what_it_does_not_need_is_mentioned(self, workspace: Workspace) -> None:
        workspace.scopes |= {"channels:join"}
        said = await connect()
        assert "does not need: channels:join" in said.stdout
        assert said.exit_code == 0

    async def test_a_channel_without_the_app_is_named_with_what_to_write(
        self, workspace: Workspace, support: Channel
    ) -> None:
        support.members.discard(workspace.bot_user)
        assert "! Team Support: the app is not in #support." in (await connect()).stdout
        assert "`/invite @Threadline` in #support" in (await doctor())

    async def test_an_archived_channel_and_one_that_is_gone_are_told_apart(
        self, workspace: Workspace, support: Channel
    ) -> None:
        support.is_archived = True
        assert "! Team Support: #support is archived." in (await connect()).stdout
        del workspace.channels[support.id]
        assert f"Slack knows nothing of the channel {support.id}" in (await connect()).stdout

    async def test_a_desk_that_runs_with_another_secret_is_told_from_one_that_is_away(
        self, settings: pytest.MonkeyPatch
    ) -> None:
        settings.setenv("SLACK_SIGNING_SECRET", "a secret of another app")
        assert "refuses what is signed with our secret" in (await connect()).stdout
        settings.setenv("PUBLIC_BASE_URL", "http://127.0.0.1:9")
        said = await connect()
        assert "! http://127.0.0.1:9/slack/events does not answer" in said.stdout
        assert said.exit_code == 1

    async def test_a_test_message_that_cannot_be_posted_is_said(self, workspace: Workspace) -> None:
        elsewhere = workspace.add_channel("elsewhere", bot=False)
        said = await connect("--test-channel", elsewhere.id)
        assert f"The test message in {elsewhere.id}: The Slack app is not in" in said.stdout
        assert said.exit_code == 1


@pytest.mark.usefixtures("settings")
class TestNotConnected:
    async def test_a_wrong_token_ends_it_with_what_to_do(self, settings: pytest.MonkeyPatch) -> None:
        settings.setenv("SLACK_BOT_TOKEN", "xoxb-wrong")
        said = await connect()
        assert said.exit_code == 1
        assert "! Slack refuses the bot token" in said.stdout
        assert "xoxb-wrong" not in said.stdout

    async def test_slack_being_away_is_said(self, settings: pytest.MonkeyPatch) -> None:
        settings.setenv("SLACK_API_URL", "http://127.0.0.1:9/api/")
        assert "! Slack cannot be reached." in (await connect()).stdout

    async def test_without_a_team_it_says_how_to_add_one(self) -> None:
        assert "! No team has a Slack channel yet." in (await connect()).stdout

    async def test_socket_mode_asks_for_no_address(self, workspace: Workspace, settings: pytest.MonkeyPatch) -> None:
        settings.delenv("SLACK_SIGNING_SECRET")
        assert "! Slack cannot reach the desk." in (await connect()).stdout
        settings.setenv("SLACK_APP_TOKEN", workspace.app_token)
        said = (await connect()).stdout
        assert "✓ The app-level token opens Socket Mode" in said
        assert "/slack/events" not in said
        settings.setenv("SLACK_APP_TOKEN", workspace.bot_token)
        assert "! Socket Mode: This is the wrong kind of Slack token" in (await connect()).stdout


def test_slack_that_is_off_says_what_turns_it_on(threadline: Shell) -> None:
    said = threadline("connect", "slack", code=1)
    assert "slack is off. Set SLACK_BOT_TOKEN" in said
    assert "docs/slack.md" in said


async def test_a_channel_of_two_teams_and_of_conversations_is_looked_at_once(
    engine: AsyncEngine, store: Database
) -> None:
    async with store.transaction() as session:
        people = People(session)
        support = Team(new_id(), "Support", "C1", is_default=True)
        await people.add_team(support)
        await people.save_team(replace(support, intake_channel="C1"))
        await people.add_team(Team(new_id(), "Refunds", "C1"))
        await people.add_team(Team(new_id(), "Night", None))
    assert await team_channels(engine) == {"C1": "Team Refunds, Team Support, conversations without a ticket"}
