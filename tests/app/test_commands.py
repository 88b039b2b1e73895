"""The commands, as an admin runs them: what they say, what they print for machines, how they end."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.settings import HOME
from emulators.slack import Workspace
from emulators.twilio import Account, running
from tests.app.shell import Shell


def test_an_empty_desk_says_what_to_do_first(threadline: Shell) -> None:
    assert threadline("people", "list").startswith("Nobody yet. Add the first: threadline people add")
    assert threadline("teams", "list").startswith("No team yet. Add the first: threadline teams add")
    assert json.loads(threadline("people", "list", "--json")) == []
    said = threadline("doctor", code=1)
    for what in ("No channel to customers is on.", "Slack is off.", "There is no team", "Nobody works here yet."):
        assert what in said


def test_addresses_that_take_no_mail_are_listed_and_allowed_again(threadline: Shell) -> None:
    assert threadline("senders", "suppressed") == "No address is suppressed.\n"
    assert json.loads(threadline("senders", "suppressed", "--json")) == []
    assert threadline("senders", "allow", "max@home.example") == "Nothing stood against max@home.example.\n"


def test_people_and_teams_are_added_and_listed(threadline: Shell) -> None:
    assert threadline("teams", "add", "Support", "--slack-channel", "C01") == (
        "Team Support: its cards go to Slack channel C01; it is the default team.\n"
    )
    assert threadline("people", "add", " Mia@Example.com ", "--name", "Mia [Lead]", "--role", "admin") == (
        "Mia [Lead] <mia@example.com> is now an admin of the desk.\n"
    )
    assert json.loads(threadline("people", "list", "--json")) == [
        {
            "name": "Mia [Lead]",
            "email": "mia@example.com",
            "role": "admin",
            "teams": ["Support"],
            "by_mail": "outside_slack",
        }
    ]
    (row,) = [line for line in threadline("people", "list").splitlines() if "mia@example.com" in line]
    cells = ["Mia [Lead]", "mia@example.com", "admin", "Support", "if not in Slack"]
    assert [cell.strip() for cell in row.strip("│").split("│")] == cells
    assert threadline("people", "mail", "MIA@example.com", "always") == (
        "Mia [Lead] <mia@example.com> is told by mail: always.\n"
    )
    assert json.loads(threadline("people", "list", "--json"))[0]["by_mail"] == "always"
    assert "Nobody of the desk has the address" in threadline("people", "mail", "eve@example.com", "never", code=1)
    assert json.loads(threadline("teams", "list", "--json")) == [
        {"name": "Support", "slack_channel": "C01", "default": True, "intake_channel": None}
    ]


def test_conversations_without_a_ticket_go_where_an_admin_says(threadline: Shell) -> None:
    assert "There is no team yet" in threadline("teams", "intake", "C02", code=1)
    threadline("teams", "add", "Support", "--slack-channel", "C01")
    assert threadline("teams", "intake", "C02") == "Conversations without a ticket are shown in Slack channel C02.\n"
    assert json.loads(threadline("teams", "list", "--json"))[0]["intake_channel"] == "C02"
    assert threadline("teams", "intake", "default").endswith("Slack channel C01.\n")
    assert threadline("conversations", "--unticketed") == "Nothing waits without a ticket.\n"
    assert json.loads(threadline("conversations", "--json")) == []


def test_what_is_refused_is_said_in_words(threadline: Shell) -> None:
    threadline("people", "add", "mia@example.com")
    said = threadline("people", "add", "MIA@example.com", code=1)
    assert (
        said == "threadline: mia@example.com belongs to somebody of the desk already: see `threadline people list`.\n"
    )
    assert "is not an e-mail address" in threadline("people", "add", "nobody", code=1)
    assert "There is no team 'Nowhere'. Teams: none yet." in threadline(
        *("people", "add", "ben@example.com", "--team", "Nowhere"), code=1
    )


async def test_a_desk_in_order_is_said_to_be(threadline: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    async def said(*words: str) -> str:  # the emulated Twilio works meanwhile
        return await asyncio.to_thread(threadline, *words)

    slack = Workspace()
    await said("teams", "add", "Support", "--slack-channel", slack.add_channel("support").id)
    await said("people", "add", "mia@example.com")
    async with running(Account(webhook_url="https://desk.example.com/hooks/whatsapp")) as account, slack.serve():
        monkeypatch.setenv("PUBLIC_BASE_URL", "https://desk.example.com")
        monkeypatch.setenv("TWILIO_API_URL", account.url)
        monkeypatch.setenv("TWILIO_ACCOUNT_SID", account.account_sid)
        monkeypatch.setenv("TWILIO_AUTH_TOKEN", account.auth_token)
        monkeypatch.setenv("SLACK_API_URL", f"{slack.base_url}/api/")
        monkeypatch.setenv("SLACK_BOT_TOKEN", slack.bot_token)
        monkeypatch.setenv("SLACK_SIGNING_SECRET", slack.signing_secret)
        assert "Everything is in order." in await said("doctor")
        assert json.loads(await said("doctor", "--json")) == {"findings": [], "parked": [], "retried": 0}


def test_migrating_a_database_that_is_up_to_date_changes_nothing(threadline: Shell) -> None:
    assert threadline("migrate") == "The database is up to date.\n"


def test_an_address_that_is_none_is_said_in_words(threadline: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "nonsense")
    assert threadline("migrate", code=1).startswith("threadline: The database of DATABASE_URL cannot be used: ")


def test_a_database_that_cannot_be_reached_is_said_in_words(tmp_path: Path) -> None:
    """As a program of its own: nothing but words, and the exit code."""
    done = subprocess.run(
        [sys.executable, "-m", "app", "doctor"],
        env=os.environ | {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing", "PYTHONPATH": str(HOME)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("threadline: The database of DATABASE_URL cannot be used: ")
    assert "Traceback" not in done.stderr


def test_customers_come_from_a_file_are_merged_with_a_preview_and_parted_again(
    threadline: Shell, tmp_path: Path
) -> None:
    file = tmp_path / "customers.csv"
    file.write_text("phone,telegram,name,tier,attr.vip\n+4930123456,,Clara,gold,true\n,777,Clara M,,\n030,,Ben,,\n")
    said = threadline("customers", "import", str(file), code=1)
    assert "2 made, 0 changed, 0 unchanged." in said
    assert "line 4, phone: '030' is no number with its country" in said
    said = threadline("customers", "merge", "+4930123456", "777", "--yes")
    assert said.startswith("Clara M becomes part of Clara.\n  moves: telegram 777\n")
    assert "moves: 0 conversations, 0 tickets\n" in said
    assert threadline("customers", "undo-merge", said.split()[-1]).startswith("They are two customers again")
    clara = json.loads(threadline("customers", "list", "+4930123456", "--json"))[0]
    assert (clara["name"], clara["tier"], clara["addresses"]) == ("Clara", "gold", ["whatsapp:+4930123456"])


def test_who_leaves_is_listed_no_more_and_may_come_back(threadline: Shell) -> None:
    threadline("people", "add", "mia@example.com", "--name", "Mia", "--role", "admin")
    assert "Mia <mia@example.com> is not of the desk any more." in threadline("people", "retire", "Mia@example.com")
    assert json.loads(threadline("people", "list", "--json")) == []
    assert "Nobody works here yet." in threadline("doctor", code=1)
    assert "Nobody of the desk has the address" in threadline("people", "retire", "ben@example.com", code=1)
    threadline("people", "add", "mia@example.com", "--role", "agent")
    (mia,) = json.loads(threadline("people", "list", "--json"))
    assert (mia["name"], mia["role"]) == ("Mia", "agent")
