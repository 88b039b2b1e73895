"""Whether WhatsApp is connected: the account, its senders, and where Twilio posts what customers write to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urldefrag

from connectors.contract import Check
from connectors.whatsapp.config import WhatsAppConfig
from core.errors import ChannelError

_ONLINE = "ONLINE"


@dataclass(frozen=True, slots=True)
class AccountState:
    """The Twilio account behind the credentials."""

    sid: str
    name: str
    status: str  # active | suspended | closed


@dataclass(frozen=True, slots=True)
class WhatsAppSender:
    """A number of ours on WhatsApp."""

    id: str  # Twilio's, "XE…"
    number: str  # "+14155550100"
    status: str  # ONLINE, OFFLINE, …
    webhook_url: str | None  # where customers' messages are posted
    status_url: str | None  # where reports go, of messages that name no address of their own
    why_offline: tuple[str, ...] = ()


class WebhookChange:
    """A change of a sender that names its webhook and nothing else: the SDK's own would blank the profile."""

    def __init__(self, url: str) -> None:
        self._url = url

    def to_dict(self) -> Mapping[str, Any]:
        return {"webhook": {"callback_url": self._url, "callback_method": "POST"}}


class Provider(Protocol):
    """What is asked of the connector."""

    async def account_state(self) -> AccountState: ...

    async def senders(self) -> Sequence[WhatsAppSender]: ...

    async def set_webhook(self, sender_id: str) -> None: ...


def account_of(shown: Any) -> AccountState:
    """An account as the SDK shows it."""
    return AccountState(str(shown.sid), str(shown.friendly_name or ""), str(shown.status))


def sender_of(shown: Any) -> WhatsAppSender:
    """A sender as the SDK shows it."""
    webhook = shown.webhook if isinstance(shown.webhook, dict) else {}
    reasons = shown.offline_reasons if isinstance(shown.offline_reasons, list) else []
    return WhatsAppSender(
        id=str(shown.sid),
        number=str(shown.sender_id or "").removeprefix("whatsapp:"),
        status=str(shown.status),
        webhook_url=webhook.get("callback_url") or None,
        status_url=webhook.get("status_callback_url") or None,
        why_offline=tuple(str(each.get("message", each)) if isinstance(each, dict) else str(each) for each in reasons),
    )


async def check(provider: Provider, config: WhatsAppConfig) -> Sequence[Check]:
    """As `Setup.check`."""
    try:
        account = await provider.account_state()
    except ChannelError as error:
        todo = "Check TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN: both stand on the first page of Twilio's console."
        return [Check(error.message, ok=False, todo=todo)]
    if account.status != "active":
        todo = "Twilio's console says why. Nothing can be sent until it is active."
        return [Check(f"The Twilio account {account.name} is {account.status}.", ok=False, todo=todo)]
    checks = [Check(f"The Twilio account {account.name} is open to us.", ok=True)]
    try:
        senders = await provider.senders()
    except ChannelError as error:
        return [*checks, Check(error.message, ok=False, todo="Try again in a moment.")]
    if not senders:
        todo = f"Register one in Twilio's console. In the sandbox, set its webhook by hand: {config.webhook_url}"
        return [*checks, Check("The account has no WhatsApp sender.", ok=False, todo=todo)]
    return [*checks, *(each for sender in senders for each in _checked(sender, config))]


async def set_up(provider: Provider, config: WhatsAppConfig) -> Sequence[Check]:
    """As `Setup.set_up`: every sender whose webhook is elsewhere gets ours."""
    try:
        for sender in await provider.senders():
            if not _is_ours(sender.webhook_url, config):
                await provider.set_webhook(sender.id)
    except ChannelError as error:
        todo = f"Set the webhook in Twilio's console, at the sender, or try again: {config.webhook_url}"
        return [Check(error.message, ok=False, todo=todo)]
    return await check(provider, config)


def _checked(sender: WhatsAppSender, config: WhatsAppConfig) -> list[Check]:
    checks = []
    if sender.status.partition(":")[0] != _ONLINE:
        why = f" ({'; '.join(sender.why_offline)[:300]})" if sender.why_offline else ""
        todo = "Twilio's console, at the sender, says what it needs."
        checks.append(Check(f"{sender.number} is {sender.status.lower()}{why}.", ok=False, todo=todo))
    if not _is_ours(sender.webhook_url, config):
        now = f"to {sender.webhook_url}" if sender.webhook_url else "nowhere"
        what = f"Twilio posts what is written to {sender.number} {now}, not to {config.webhook_url}."
        return [*checks, Check(what, ok=False, todo="threadline connect whatsapp")]
    return [*checks, Check(f"Twilio posts what is written to {sender.number} to {sender.webhook_url}", ok=True)]


def _is_ours(url: str | None, config: WhatsAppConfig) -> bool:
    """Whatever its fragment, which holds only how often Twilio tries."""
    return url is not None and urldefrag(url).url == urldefrag(config.webhook_url).url
