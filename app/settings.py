"""Settings: environment variables under the vendors' own names, read once. None set: everything local, channels off."""

from collections.abc import Sequence
from datetime import UTC, timedelta
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from ai.claude.config import Chosen, ClaudeConfig, Prices
from app.travel import Travel, real_providers
from bot.config import SlackConfig
from connectors.email.as_settings import email_config, mail_listener
from connectors.email.config import EmailConfig
from connectors.telegram import TelegramConfig
from connectors.whatsapp import WhatsAppConfig
from core.instants import Clock, utc_now
from sla.calendar import Calendar
from sla.notation import parse_hours
from ticketing.conversations.fallback import Fallback
from ticketing.surveys.plan import SurveyRules

HOME = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """One field a variable; `.env.example` lists them all (a test compares)."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", hide_input_in_errors=True)

    database_url: str | None = Field(None, description="PostgreSQL 15 or newer. Empty: the embedded one under var/.")
    public_base_url: str = Field("http://127.0.0.1:8000", description="Where providers reach this desk from outside.")
    host: str = Field("127.0.0.1", description="The address the web process listens on.")
    port: int = Field(8000, ge=1, le=65535, description="The port the web process listens on.")

    secret_key: str | None = Field(
        None,
        min_length=16,
        description="Signs links to files and the record of changes: 16 characters or more. Empty: made and kept.",
    )
    attachments_url: str | None = Field(
        None, description="Where files are kept: s3://bucket/folder, gs://…, az://…, file:///… Empty: on this machine."
    )
    attachment_most_mb: int = Field(25, ge=1, le=2000, description="Larger files are not taken, in megabytes.")
    threadline_playbook: str | None = Field(
        None, description="The file of a new desk's process. none: a plain one. Empty: examples/playbooks/retail.yaml"
    )

    twilio_account_sid: str | None = Field(None, description="WhatsApp through Twilio: the account. Empty: off.")
    twilio_auth_token: str | None = Field(None, description="Signs Twilio's webhooks and opens its API.")
    twilio_api_url: str | None = Field(None, description="Another address of Twilio's API. Empty: Twilio itself.")

    telegram_bot_token: str | None = Field(None, description="Telegram: the bot's token from BotFather. Empty: off.")
    telegram_webhook_secret: str | None = Field(
        None, description="Telegram shows it with each update: A-Z a-z 0-9 _ -. Empty: made of the token."
    )
    telegram_updates: Literal["webhook", "polling"] | None = Field(
        None, description="webhook or polling. Empty: webhook if PUBLIC_BASE_URL is https, else polling."
    )
    telegram_api_url: str | None = Field(None, description="Another address of Telegram's API. Empty: Telegram itself.")

    email_address: str | None = Field(
        None, description="E-mail: the desk's address, several with commas: Shop <support@shop.example>. Empty: off."
    )
    email_aliases: str = Field("", description="Other addresses whose mail lands in these mailboxes, with commas.")
    email_imap_url: str | None = Field(
        None, description="imaps://user:password@host, one for each address in their order; - for none."
    )
    email_smtp_url: str | None = Field(
        None, description="smtps://user:password@host or smtp://…?starttls, one for all addresses or one for each."
    )
    email_signature: str = Field("", description=r"Stands below what is sent; \n begins a new line. Empty: none.")
    email_authserv_id: str | None = Field(
        None, description="The name of your mail server in Authentication-Results. Empty: no sender is proven."
    )
    email_lists: str = Field("", description="List-Ids of groups through which customers write, with commas.")
    email_most_mb: int = Field(50, ge=1, le=50, description="Of larger mails only the headers are taken, in megabytes.")
    email_listen: str = Field(
        "", description="Where mail is taken by SMTP, e.g. 127.0.0.1:2525: a mail server forwards it. Empty: off."
    )
    email_relays: str = Field(
        "", description="Networks of servers that forward to us and check senders, e.g. 10.0.0.7/32, with commas."
    )
    email_listen_certificate: str | None = Field(
        None, description="A PEM file with certificate and key: mail is taken encrypted (STARTTLS). Empty: it is not."
    )

    slack_bot_token: str | None = Field(None, description="Slack: the bot's token, xoxb-… Empty: off.")
    slack_signing_secret: str | None = Field(None, description="Signs what Slack posts to us over HTTP.")
    slack_app_token: str | None = Field(None, description="xapp-… for Socket Mode (the bot process). Empty: HTTP.")
    slack_api_url: str | None = Field(None, description="Another address of Slack's Web API. Empty: Slack itself.")
    slack_pacing: bool = Field(True, description="Stay within Slack's limits. false: for a Slack that has none.")

    threadline_brain: Literal["offline", "claude"] | None = Field(
        None, description="offline or claude. Empty: claude if ANTHROPIC_API_KEY is set, else offline."
    )
    anthropic_api_key: str | None = Field(None, description="Opens Anthropic's API. Empty: the offline brain.")
    anthropic_base_url: str = Field("https://api.anthropic.com", description="Where Anthropic's API is.")
    anthropic_model: str = Field("claude-haiku-5-5", description="The model that understands customers.")
    anthropic_max_tokens: int = Field(4000, ge=256, le=64000, description="The longest answer, thinking included.")
    anthropic_timeout_seconds: float = Field(20.0, gt=0, le=80, description="An answer is not waited for longer.")
    anthropic_input_price: float = Field(0.1, ge=0, description="Dollars for a million tokens of input.")
    anthropic_output_price: float = Field(0.5, ge=0, description="Dollars for a million tokens of output.")
    anthropic_cache_write_price: float = Field(0.125, ge=0, description="Dollars for a million tokens cached.")
    anthropic_cache_read_price: float = Field(0.01, ge=0, description="Dollars for a million tokens from the cache.")
    anthropic_resolution_model: str = Field("claude-sonnet-5-5", description="The model that works on tickets.")
    anthropic_resolution_input_price: float = Field(2.0, ge=0, description="Its dollars for a million tokens of input.")
    anthropic_resolution_output_price: float = Field(10.0, ge=0, description="Its dollars for a million of output.")
    anthropic_resolution_cache_write_price: float = Field(2.5, ge=0, description="Its dollars for a million cached.")
    anthropic_resolution_cache_read_price: float = Field(
        0.1, ge=0, description="Its dollars for a million from the cache."
    )
    brain_patience_seconds: float = Field(
        60.0, ge=0, description="A customer waits this long for a brain that is away; then a person gets the message."
    )

    run_patience_seconds: float = Field(
        900.0,
        ge=0,
        description="What the AI calls while it resolves a ticket is away: after this long a person takes over.",
    )
    threadline_actions: str = Field(
        "", description="Modules with actions of your own, with commas: examples.actions.shop. Empty: none."
    )
    threadline_action_hosts: str = Field(
        "", description="Private hosts that a playbook's actions reach, with commas: crm.local:8080. Empty: none."
    )

    burst_seconds: float = Field(3.0, ge=0, le=60, description="A customer who pauses this long is understood.")
    burst_longest_seconds: float = Field(20.0, ge=0, description="A burst is understood after this long at the latest.")
    undo_seconds: float = Field(5.0, ge=0, le=60, description="A reply leaves after this long: until then, Undo.")
    welcome_text: str | None = Field(
        None, description="Said once to whoever opens the chat without writing. Empty: no."
    )
    survey_after_minutes: float | None = Field(
        None,
        ge=0,
        description="Customers are asked how we did so long after a ticket is resolved. Empty: if the playbook asks.",
    )
    survey_every_days: float = Field(30.0, ge=0, description="No customer is asked again within so many days.")
    business_hours: str = Field("", description="When people are there: Mon-Fri 09:00-18:00, … Empty: always.")
    time_zone: str = Field("UTC", description="The desk's own time zone, e.g. Europe/Berlin.")
    time_travel: Path | None = Field(
        None, description="A file: by how many seconds this desk is ahead of the world. For emulated providers only."
    )
    window_fallback: str = Field(
        "template", description="When WhatsApp's window closed on a waiting message, in order: template, channel."
    )
    window_prompt_hours: float = Field(
        2.0, ge=0, le=24, description="Working hours before a window closes on an owed answer: people are told. 0: not."
    )
    log_format: Literal["console", "json"] = Field("console", description="console for people, json for machines.")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="The least that is logged.")

    @field_validator("*", mode="before")
    @classmethod
    def _empty_is_unset(cls, value: object, info: object) -> object:
        """`NAME=` in a .env file means: not set."""
        if value == "":
            return cls.model_fields[info.field_name].default  # type: ignore[attr-defined]
        return value

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError(f"{value!r} is no time zone: use a name like Europe/Berlin or America/New_York") from error
        return value

    @field_validator("business_hours")
    @classmethod
    def _readable_hours(cls, value: str) -> str:
        parse_hours(value, UTC)
        return value

    @field_validator("window_fallback")
    @classmethod
    def _known_fallbacks(cls, value: str) -> str:
        for word in value.replace(",", " ").split():
            if word not in {"none", *Fallback}:
                raise ValueError(f"{word!r} is no fallback: use template, channel, both in your order, or none")
        return value

    @model_validator(mode="after")
    def _usable(self) -> Self:
        """Whatever cannot be is said at the start, and not by each process when it comes to need it."""
        for prefix, made in (
            ("TWILIO_", lambda: self.whatsapp),
            ("TELEGRAM_", lambda: self.telegram),
            ("EMAIL_", lambda: self.email),
            ("SLACK_", lambda: self.slack),
            ("ANTHROPIC_", lambda: self.claude),
        ):
            try:
                made()
            except ValueError as error:
                words = str(error)
                raise ValueError(words if prefix in words else f"{prefix}…: {words}") from None
        return self

    @model_validator(mode="after")
    def _only_emulators_travel(self) -> Self:
        addresses = {
            "Twilio": (self.twilio_auth_token, self.twilio_api_url),
            "Telegram": (self.telegram_bot_token, self.telegram_api_url),
            **{
                f"e-mail ({url.partition('?')[0].split('@')[-1]})": (self.email_address, url)
                for url in self._mail_servers
            },
            "Slack": (self.slack_bot_token, self.slack_api_url),
            "Anthropic": (self.anthropic_api_key, self.anthropic_base_url),
        }
        real = real_providers({name: address for name, (secret, address) in addresses.items() if secret})
        if self.time_travel and real:
            raise ValueError(f"time_travel is for emulated providers only, and these are real: {', '.join(real)}")
        return self

    @property
    def clock(self) -> Clock:
        """What time it is at this desk."""
        return Travel(self.time_travel) if self.time_travel else utc_now

    @property
    def fallback(self) -> tuple[Fallback, ...]:
        return tuple(Fallback(word) for word in self.window_fallback.replace(",", " ").split() if word != "none")

    @property
    def attachment_most_bytes(self) -> int:
        return self.attachment_most_mb * 1_000_000

    @property
    def action_modules(self) -> Sequence[str]:
        return self.threadline_actions.replace(",", " ").split()

    @property
    def action_hosts(self) -> Sequence[str]:
        return self.threadline_action_hosts.replace(",", " ").split()

    @property
    def hours(self) -> Calendar:
        return parse_hours(self.business_hours, self.zone)

    @property
    def surveys(self) -> SurveyRules:
        after = timedelta(minutes=self.survey_after_minutes or 0)
        every = timedelta(days=self.survey_every_days)
        return SurveyRules(after, every, when_resolved=self.survey_after_minutes is not None)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def whatsapp(self) -> WhatsAppConfig | None:
        """None: the channel is off."""
        if not self.twilio_account_sid or not self.twilio_auth_token:
            return None
        return WhatsAppConfig(
            account_sid=self.twilio_account_sid,
            auth_token=self.twilio_auth_token,
            public_base_url=self.public_base_url,
            api_url=self.twilio_api_url,
        )

    @property
    def telegram(self) -> TelegramConfig | None:
        """None: the channel is off."""
        if not self.telegram_bot_token:
            return None
        updates = self.telegram_updates or ("webhook" if self.public_base_url.startswith("https:") else "polling")
        return TelegramConfig(
            bot_token=self.telegram_bot_token,
            public_base_url=self.public_base_url,
            webhook_secret=self.telegram_webhook_secret or "",
            polling=updates == "polling",
            api_url=self.telegram_api_url,
        )

    @property
    def _mail_servers(self) -> Sequence[str]:
        return [url for url in f"{self.email_imap_url or ''} {self.email_smtp_url or ''}".split() if url != "-"]

    @property
    def email(self) -> EmailConfig | None:
        """None: the channel is off."""
        if not self.email_address:
            return None
        return email_config(
            self.email_address,
            imap=self.email_imap_url,
            smtp=self.email_smtp_url,
            secret=self.secret_key,
            aliases=self.email_aliases,
            signature=self.email_signature.replace("\\n", "\n"),
            authserv_id=self.email_authserv_id,
            lists=self.email_lists,
            largest=self.email_most_mb * 2**20,
            listener=mail_listener(
                self.email_listen,
                name=urlsplit(self.public_base_url).hostname or "localhost",
                relays=self.email_relays,
                certificate=self.email_listen_certificate,
                largest=self.email_most_mb * 2**20,
            ),
        )

    @property
    def channels(self) -> Sequence[object]:
        """The configs of the channels that are on."""
        return [config for config in (self.whatsapp, self.telegram, self.email) if config is not None]

    @property
    def slack(self) -> SlackConfig | None:
        """None: Slack is off."""
        if not self.slack_bot_token:
            return None
        return SlackConfig(
            bot_token=self.slack_bot_token,
            signing_secret=self.slack_signing_secret or "",
            app_token=self.slack_app_token,
            api_url=self.slack_api_url,
        )

    @property
    def claude(self) -> ClaudeConfig | None:
        """None: the offline brain understands customers."""
        if not self.anthropic_api_key or self.threadline_brain == "offline":
            return None
        prices = Prices(
            input=self.anthropic_input_price,
            output=self.anthropic_output_price,
            cache_write=self.anthropic_cache_write_price,
            cache_read=self.anthropic_cache_read_price,
        )
        return ClaudeConfig(
            api_key=self.anthropic_api_key,
            model=self.anthropic_model,
            max_tokens=self.anthropic_max_tokens,
            prices=prices,
            base_url=self.anthropic_base_url,
            timeout=self.anthropic_timeout_seconds,
            resolution=Chosen(
                self.anthropic_resolution_model,
                Prices(
                    input=self.anthropic_resolution_input_price,
                    output=self.anthropic_resolution_output_price,
                    cache_write=self.anthropic_resolution_cache_write_price,
                    cache_read=self.anthropic_resolution_cache_read_price,
                ),
            ),
        )
