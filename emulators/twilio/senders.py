"""A WhatsApp sender as Twilio's Senders API shows it. Source: twilio.com/docs/whatsapp/api/senders"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from emulators.twilio.setup import PREFIX, Setup

_METHODS = ("callback_method", "fallback_method", "status_callback_method")


@dataclass(slots=True)
class Sender:
    sid: str  # "XE…"
    number: str  # "+1…"
    setup: Setup
    name: str = "Threadline"
    status: str = "ONLINE"
    offline_reasons: tuple[str, ...] = ()

    def change(self, webhook: Mapping[str, Any]) -> None:
        """Take over the addresses that are given; null takes one away."""
        if "callback_url" in webhook:
            self.setup.webhooks[self.number] = webhook["callback_url"]
        if "status_callback_url" in webhook:
            self.setup.status_callback_url = webhook["status_callback_url"]

    def resource(self) -> dict[str, Any]:
        webhook = {
            "callback_url": self.setup.webhook_of(self.number),
            "fallback_url": None,
            "status_callback_url": self.setup.status_callback_url,
        }
        return {
            "sid": self.sid,
            "sender_id": PREFIX + self.number,
            "status": self.status,
            "configuration": {"waba_id": "104205142000000"},
            "webhook": webhook | dict.fromkeys(_METHODS, "POST"),
            "profile": {"name": self.name},
            "properties": {"quality_rating": "HIGH", "messaging_limit": "1K Customers/24hr"},
            "offline_reasons": [{"code": "63020", "message": why} for why in self.offline_reasons] or None,
            "url": f"https://messaging.twilio.com/v2/Channels/Senders/{self.sid}",
        }
