"""`threadline people import-slack`, as an admin runs it, against an emulated workspace."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from typer.testing import CliRunner, Result

from app.cli import cli
from bot.config import SlackConfig
from bot.manifest import scopes
from bot.setup.account import Account
from bot.setup.directory import everybody, listed
from core.errors import Throttled
from emulators.slack import Channel, Person, Workspace


@pytest.fixture
async def workspace() -> AsyncIterator[Workspace]:
    made = Workspace(limits=False, scopes=scopes())
    async with made.serve():
        yield made


@pytest.fixture
def support(workspace: Workspace) -> Channel:
    """Mia and Ben, and everybody whom nobody should take for a colleague."""
    mia = workspace.add_user("mia", "Mia@desk.example", real_name="Mia [bold] Berger", tz="Europe/Vienna")
    ben = workspace.add_user("ben", "ben@desk.example", real_name="Ben")
    others = (
        workspace.add_user("robot", "robot@desk.example", is_bot=True),
        workspace.add_user("gone", "gone@desk.example", deleted=True),
        workspace.add_user("nameless"),
        special(workspace, "guest", is_ultra_restricted=True),
        special(workspace, "partner", team_id="T0ELSEWHERE"),
        special(workspace, "fresh", is_email_confirmed=False),
    )
    workspace.add_user("outside", "outside@desk.example")
    return workspace.add_channel("support", members=[mia, ben, *others])


def special(workspace: Workspace, name: str, **about: Any) -> Person:
    person = workspace.add_user(name, f"{name}@desk.example")
    person.about = about
    return person


@pytest.fixture(autouse=True)
def settings(workspace: Workspace, database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", database)
    monkeypatch.setenv("THREADLINE_PLAYBOOK", "none")
    monkeypatch.setenv("SLACK_BOT_TOKEN", workspace.bot_token)
    monkeypatch.setenv("SLACK_SIGNING_SECRET", workspace.signing_secret)
    monkeypatch.setenv("SLACK_API_URL", f"{workspace.base_url}/api/")


async def threadline(*words: str) -> Result:
    """In a thread: the command has an event loop of its own."""
    return await asyncio.to_thread(CliRunner(env={"COLUMNS": "200"}).invoke, cli, list(words))


async def imported(*words: str) -> dict[str, tuple[str, str]]:
    """Name → what became of them, and why."""
    said = await threadline("people", "import-slack", *words, "--json")
    assert said.exit_code == 0, said.output
    return {each["name"]: (each["outcome"], each["why"]) for each in json.loads(said.stdout)}


async def at_the_desk() -> dict[str, tuple[str, list[str]]]:
    rows = json.loads((await threadline("people", "list", "--json")).stdout)
    return {row["email"]: (row["role"], row["teams"]) for row in rows}


async def test_a_channels_people_are_taken_over_and_the_others_skipped_with_the_reason(support: Channel) -> None:
    await threadline("teams", "add", "Support")
    assert await imported("--channel", support.id) == {
        "Mia [bold] Berger": ("added", "agent"),
        "Ben": ("added", "agent"),
        "robot": ("skipped", "a bot"),
        "threadline": ("skipped", "a bot"),
        "gone": ("skipped", "deactivated in Slack"),
        "nameless": ("skipped", "no e-mail in Slack"),
        "guest": ("skipped", "a guest"),
        "partner": ("skipped", "of another workspace"),
        "fresh": ("skipped", "their e-mail is not confirmed"),
    }
    assert await at_the_desk() == {
        "mia@desk.example": ("agent", ["Support"]),
        "ben@desk.example": ("agent", ["Support"]),
    }


async def test_a_dry_run_changes_nothing_and_shows_words_as_they_are(support: Channel, engine: AsyncEngine) -> None:
    said = await threadline("people", "import-slack", "--channel", support.id, "--dry-run")
    assert "Mia [bold] Berger" in said.stdout
    assert "would be added: agent" in said.stdout
    assert "2 would be added, 0 here already, 7 skipped. Nothing was changed." in said.stdout
    assert await at_the_desk() == {}
    async with engine.connect() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM slack_user"))).scalar_one() == 0


async def test_who_is_here_keeps_their_role_and_a_second_run_adds_nobody(support: Channel) -> None:
    await threadline("teams", "add", "Support")
    await threadline("people", "add", "ben@desk.example", "--role", "admin")
    assert (await imported("--channel", support.id, "--role", "supervisor"))["Ben"] == ("known", "admin")
    first = await at_the_desk()
    assert first["mia@desk.example"] == ("supervisor", ["Support"])
    again = await imported("--channel", support.id)
    assert {outcome for outcome, _ in again.values()} == {"known", "skipped"}
    assert again["Mia [bold] Berger"] == ("known", "supervisor")
    assert await at_the_desk() == first


async def test_who_has_left_stays_away_until_somebody_adds_them_again(support: Channel) -> None:
    await imported("--channel", support.id)
    await threadline("people", "retire", "ben@desk.example")
    for words in (("--dry-run",), ()):
        assert (await imported("--channel", support.id, *words))["Ben"] == ("skipped", "has left the desk")
    assert set(await at_the_desk()) == {"mia@desk.example"}
    await threadline("people", "add", "ben@desk.example")
    assert (await imported("--channel", support.id))["Ben"] == ("known", "agent")


async def test_they_are_known_in_slack_before_they_ever_pressed_anything(support: Channel, engine: AsyncEngine) -> None:
    await imported("--channel", support.id)
    async with engine.connect() as connection:
        found = (await connection.execute(text("SELECT email, zone FROM slack_user ORDER BY email"))).all()
    assert found == [("ben@desk.example", "Europe/Berlin"), ("mia@desk.example", "Europe/Vienna")]


async def test_a_user_group_goes_by_its_handle_and_into_the_named_team(workspace: Workspace, support: Channel) -> None:
    await threadline("teams", "add", "Support")
    await threadline("teams", "add", "Refunds")
    ben = next(person for person in workspace.people.values() if person.name == "ben")
    workspace.add_usergroup("refund-team", ben)
    assert await imported("--usergroup", "@refund-team", "--team", "refunds") == {"Ben": ("added", "agent")}
    assert (await at_the_desk())["ben@desk.example"] == ("agent", ["Refunds"])
    assert "threadline" in await imported("--everybody", "--dry-run")


async def test_whom_to_take_has_to_be_said_and_to_exist(support: Channel) -> None:
    assert (await threadline("people", "import-slack")).exit_code == 2
    assert (await threadline("people", "import-slack", "--everybody", "--channel", "C1")).exit_code == 2
    unknown = await threadline("people", "import-slack", "--usergroup", "@nobody")
    assert "no user group '@nobody'" in str(unknown.exception)
    assert "Slack knows nothing of the channel" in str(
        (await threadline("people", "import-slack", "--channel", "C0NOWHERE")).exception
    )


class TestPages:
    """A workspace larger than a page, and Slack asking to slow down in the middle of it."""

    async def test_every_page_is_read_and_slack_is_given_the_time_that_it_asks_for(self, workspace: Workspace) -> None:
        for number in range(450):
            workspace.add_user(f"user{number}", f"user{number}@desk.example")
        workspace.faults.next("users.list", status=429, retry_after=30)
        slept: list[float] = []

        async def sleep(seconds: float) -> None:
            slept.append(seconds)

        account = Account(config(workspace), patience=60, sleep=sleep)
        found = [each async for each in everybody(account)]
        assert len({each.slack_user for each in found}) == 451
        assert slept == [30]
        assert len(workspace.calls_of("users.list")) == 4

    async def test_its_patience_ends(self, workspace: Workspace) -> None:
        workspace.faults.next("users.list", status=429, retry_after=61)
        with pytest.raises(Throttled):
            [each async for each in everybody(Account(config(workspace), patience=60))]


def config(workspace: Workspace) -> SlackConfig:
    return SlackConfig(workspace.bot_token, "", api_url=f"{workspace.base_url}/api/")


@pytest.mark.parametrize("profile", [{}, None, {"email": None, "real_name": None}])
def test_a_record_with_almost_nothing_in_it_is_skipped(profile: dict[str, Any] | None) -> None:
    found = listed({"id": "U1", "team_id": "T1", "profile": profile}, "T1")
    assert (found.name, found.email, found.why_not) == ("", "", "no e-mail in Slack")


def test_a_long_name_is_cut_and_stays_on_one_line() -> None:
    profile = {"real_name": "Ann\n\n" + "a" * 300, "email": "ann@desk.example"}
    assert listed({"id": "U1", "team_id": "T1", "profile": profile}, "T1").name == "Ann " + "a" * 76


def test_of_an_organisation_whoever_belongs_to_this_workspace_is_taken() -> None:
    user = {"id": "W1", "team_id": "T9", "enterprise_user": {"teams": ["T1"]}, "profile": {"email": "a@b.example"}}
    assert listed(user, "T1").why_not is None
    assert listed(user, "T2").why_not == "of another workspace"
