"""Which channels there are: one line each. `app` hands in the configs that its settings name."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from connectors import telegram
from connectors.contract import Feed, Feeds, Sender, Webhook
from connectors.email.config import EmailConfig
from connectors.email.connector import EmailConnector
from connectors.telegram import TelegramConfig
from connectors.whatsapp import WhatsAppConfig, WhatsAppConnector


class Connector(Sender, Webhook, Protocol):
    """A channel that receives by webhook and sends."""


CONNECTORS: dict[type[Any], Callable[[Any], Connector]] = {
    EmailConfig: EmailConnector,
    TelegramConfig: telegram.connector,
    WhatsAppConfig: WhatsAppConnector,
}

# Channels whose events hold their customers' files, so that they are kept for good, also while the channel is off.
KEPT_EVENTS = (EmailConnector.channel,)


def connect(configs: Iterable[object]) -> dict[str, Connector]:
    """The connectors for these configs, by channel. Nothing is opened yet; `close` each when the process ends."""
    connectors = [CONNECTORS[type(config)](config) for config in configs]
    return {connector.channel: connector for connector in connectors}


def feeds(connectors: Mapping[str, Connector]) -> Sequence[Feed]:
    """What is to be looked at for events: connectors that look themselves, and the feeds of those that have several."""
    own = [connector for connector in connectors.values() if isinstance(connector, Feed)]
    several = [feed for connector in connectors.values() if isinstance(connector, Feeds) for feed in connector.feeds()]
    return [*own, *several]
