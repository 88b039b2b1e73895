"""Settings: every one is in `.env.example`, empty means its default, and nothing set is a whole configuration."""

from pathlib import Path

import pytest

from app.settings import HOME, Settings
from tests.app.shell import Shell

EXAMPLE = (HOME / ".env.example").read_text(encoding="utf-8").splitlines()
DEFAULTS = {name: field.default for name, field in Settings.model_fields.items()}


@pytest.fixture(autouse=True)
def _no_settings_of_ours(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)  # no .env


class TestTheExample:
    def test_it_names_every_setting_in_order(self) -> None:
        names = [line.partition("=")[0] for line in EXAMPLE if line and not line.startswith("#")]
        assert names == [name.upper() for name in Settings.model_fields]

    @pytest.mark.parametrize("name", Settings.model_fields)
    def test_above_each_setting_stands_its_description(self, name: str) -> None:
        (index,) = [number for number, line in enumerate(EXAMPLE) if line.startswith(f"{name.upper()}=")]
        assert EXAMPLE[index - 1] == f"# {Settings.model_fields[name].description}"

    def test_copied_as_it_is_it_changes_nothing(self, tmp_path: Path) -> None:
        (tmp_path / ".env").write_text("\n".join(EXAMPLE), encoding="utf-8")
        assert Settings().model_dump() == DEFAULTS


class TestSettings:
    def test_nothing_set_means_everything_local_and_the_channels_off(self) -> None:
        settings = Settings()
        assert settings.model_dump() == DEFAULTS
        assert (settings.database_url, settings.whatsapp, settings.slack) == (None, None, None)

    @pytest.mark.parametrize("name", Settings.model_fields)
    def test_an_empty_value_means_the_default(self, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(name.upper(), "")
        assert Settings().model_dump() == DEFAULTS

    def test_a_value_that_cannot_be_is_refused_by_name(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PORT", "70000")
        with pytest.raises(ValueError, match="port"):
            Settings()
        monkeypatch.setenv("PORT", "8000")
        monkeypatch.setenv("SECRET_KEY", "guessable")
        with pytest.raises(ValueError, match="secret_key"):
            Settings()

    def test_half_of_a_channel_is_off(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("TWILIO_ACCOUNT_SID", "AC1")
        assert Settings().whatsapp is None
        monkeypatch.setenv("TWILIO_AUTH_TOKEN", "secret")
        whatsapp = Settings().whatsapp
        assert whatsapp is not None
        assert (whatsapp.account_sid, whatsapp.public_base_url) == ("AC1", "http://127.0.0.1:8000")

    @pytest.mark.parametrize(
        ("base", "updates", "polling"),
        [
            ("", "", True),
            ("https://desk.example.com", "", False),
            ("https://desk.example.com", "polling", True),
            ("", "webhook", False),
        ],
    )
    def test_telegram_is_polled_where_it_could_not_reach_us(
        self, monkeypatch: pytest.MonkeyPatch, base: str, updates: str, *, polling: bool
    ) -> None:
        assert Settings().telegram is None
        monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "7000000001:AAE")
        monkeypatch.setenv("PUBLIC_BASE_URL", base)
        monkeypatch.setenv("TELEGRAM_UPDATES", updates)
        telegram = Settings().telegram
        assert telegram is not None
        assert (telegram.polling, telegram.bot) == (polling, "7000000001")

    def test_a_key_chooses_claude_unless_the_offline_brain_is_asked_for(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("THREADLINE_BRAIN", "claude")
        assert Settings().claude is None
        monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-1")
        monkeypatch.setenv("THREADLINE_BRAIN", "")
        claude = Settings().claude
        assert claude is not None
        assert (claude.api_key, claude.model, claude.timeout) == ("sk-ant-1", "claude-haiku-5-5", 20.0)
        monkeypatch.setenv("THREADLINE_BRAIN", "offline")
        assert Settings().claude is None


def test_business_hours_and_time_zone_that_make_no_sense_are_refused_in_words() -> None:
    with pytest.raises(ValueError, match="is no business hours: write it like"):
        Settings(_env_file=None, business_hours="nine to five")
    with pytest.raises(ValueError, match="'Mars/Olympus' is no time zone"):
        Settings(_env_file=None, time_zone="Mars/Olympus")


@pytest.mark.parametrize(
    "url", ["imaps://mia:hush@h.example", "imaps://mia@h.example?google&client_id=x&client_secret=hush"]
)
def test_what_is_refused_shows_no_secret(url: str) -> None:
    with pytest.raises(ValueError, match=r"e-mail \(h\.example\)") as caught:
        Settings(_env_file=None, time_travel="x", secret_key="x" * 16, email_address="a@b.example", email_imap_url=url)
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize("command", [("doctor",), ("connect", "email"), ("up",), ("web",)])
def test_each_command_says_in_a_line_which_setting_cannot_be(
    threadline: Shell, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.setenv("SECRET_KEY", "sixteen letters or more")
    monkeypatch.setenv("EMAIL_ADDRESS", "a@shop.example, b@shop.example")
    monkeypatch.setenv("EMAIL_IMAP_URL", "- imaps://mia:hush@imap.shop.example?fist=all")
    said = threadline(*command, code=1)
    assert said.startswith("threadline: EMAIL_IMAP_URL (2 of 2): a server's address knows no 'fist', but ")
    assert said.count("\n") == 1
    monkeypatch.setenv("TIME_ZONE", "Mars")
    assert threadline(*command, code=1).startswith("threadline: TIME_ZONE: 'Mars' is no time zone: use a name")
    monkeypatch.setenv("TIME_ZONE", "")
    monkeypatch.setenv("EMAIL_ADDRESS", "")
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "hush")
    assert threadline(*command, code=1) == (
        "threadline: TELEGRAM_…: a Telegram bot token looks like 123456:ABC…, as BotFather gave it\n"
    )
