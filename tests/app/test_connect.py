"""`threadline connect`, as an admin runs it, against an emulated provider."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from typer.testing import CliRunner, Result

from app.cli import cli
from emulators.telegram import BotAccount, running
from emulators.twilio import Account
from emulators.twilio import running as running_twilio
from tests.app.shell import Shell

DESK = "https://desk.example.com"
HOOK = f"{DESK}/hooks/telegram"


@pytest.fixture
async def bot(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[BotAccount]:
    async with running(BotAccount(username="acme_bot")) as bot:
        monkeypatch.setenv("TELEGRAM_BOT_TOKEN", bot.token)
        monkeypatch.setenv("TELEGRAM_API_URL", bot.url)
        monkeypatch.setenv("PUBLIC_BASE_URL", DESK)
        yield bot


async def connect(*words: str) -> Result:
    """In a thread: the command has an event loop of its own."""
    return await asyncio.to_thread(CliRunner(env={"COLUMNS": "200"}).invoke, cli, ["connect", *words])


async def _doctor(shell: CliRunner) -> str:
    return (await asyncio.to_thread(shell.invoke, cli, ["doctor"])).stdout


class TestWhatsApp:
    async def test_the_webhook_of_the_sender_is_set_and_a_test_message_leaves_it(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async with running_twilio(Account()) as account:
            monkeypatch.setenv("TWILIO_ACCOUNT_SID", account.account_sid)
            monkeypatch.setenv("TWILIO_AUTH_TOKEN", account.auth_token)
            monkeypatch.setenv("TWILIO_API_URL", account.url)
            monkeypatch.setenv("PUBLIC_BASE_URL", DESK)
            said = await connect("whatsapp", "--to", "+4915112345678")
        (sender,) = account.senders.values()
        hook = f"{DESK}/hooks/whatsapp#rc=3&rp=ct,rt,5xx"
        assert account.setup.webhook_of(sender.number) == hook
        assert f"✓ Twilio posts what is written to {sender.number} to {hook}" in said.stdout
        assert "✓ A test message is on its way to +4915112345678" in said.stdout
        assert [message.sender for message in account.messages.values()] == [account.sender]


class TestTelegram:
    async def test_the_webhook_is_set_and_a_test_message_arrives(self, bot: BotAccount) -> None:
        clara = bot.customer(name="Clara")
        clara.start()
        said = await connect("telegram", "--to", str(clara.id))
        assert bot.webhook.url == HOOK
        assert bot.webhook.secret_token
        assert "✓ The token opens @acme_bot: customers write at https://t.me/acme_bot" in said.stdout
        assert f"✓ Telegram posts updates to {HOOK}" in said.stdout
        assert f"✓ A test message is on its way to {clara.id}" in said.stdout
        assert "connected" in (await clara.next_message()).text
        # Nobody answers at desk.example.com: that is said, with what to do, and is the exit code.
        assert f"! {DESK}/healthz does not answer" in said.stdout
        assert said.exit_code == 1

    async def test_only_looking_changes_nothing(self, bot: BotAccount) -> None:
        said = await connect("telegram", "--check", "--json")
        assert bot.webhook.url == ""
        checks = {each["what"]: each for each in json.loads(said.stdout)}
        assert checks[f"Telegram posts updates nowhere, not to {HOOK}."]["todo"] == "threadline connect telegram"

    async def test_of_another_programs_webhook_only_the_host_is_shown(self, bot: BotAccount) -> None:
        bot.webhook.url = f"https://old.example.com/{bot.token}"  # where many programs put the token
        said = await connect("telegram", "--check")
        assert "! Telegram posts updates to https://old.example.com/…, not to" in said.stdout
        assert bot.token not in said.stdout

    async def test_the_doctor_says_what_is_not_connected(self, bot: BotAccount, database: str) -> None:
        environment = {"DATABASE_URL": database, "COLUMNS": "200"}
        shell = CliRunner(env=environment)
        assert f"! Telegram posts updates nowhere, not to {HOOK}." in (await _doctor(shell))
        await connect("telegram")
        assert "Telegram posts updates" not in (await _doctor(shell))

    async def test_polling_needs_no_webhook(self, bot: BotAccount, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("TELEGRAM_UPDATES", "polling")
        assert "✓ Updates are fetched by the clock process" in (await connect("telegram")).stdout
        assert bot.webhook.url == ""

    async def test_a_wrong_token_is_said_with_what_to_do(
        self, bot: BotAccount, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("TELEGRAM_BOT_TOKEN", f"{bot.id}:wrong")
        said = await connect("telegram")
        assert said.exit_code == 1
        assert "TELEGRAM_BOT_TOKEN" in said.stdout
        assert "wrong" not in said.stdout

    async def test_an_address_that_telegram_refuses_is_said(
        self, bot: BotAccount, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PUBLIC_BASE_URL", "http://desk.example.com")
        monkeypatch.setenv("TELEGRAM_UPDATES", "webhook")
        said = await connect("telegram")
        assert bot.webhook.url == ""
        assert "Telegram takes https addresses only" in said.stdout


def test_a_channel_that_is_off_says_what_turns_it_on(threadline: Shell) -> None:
    said = threadline("connect", "telegram", code=1)
    assert "telegram is off. Set TELEGRAM_BOT_TOKEN" in said
    assert "docs/telegram.md" in said
    assert "There is no channel 'fax'" in threadline("connect", "fax", code=1)
