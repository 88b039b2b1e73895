"""What we ask Twilio besides sending: its list of messages, templates, the account and its senders.

Everything here raises AccountRefused and ChannelUnavailable only, and may be asked again.
"""

from collections.abc import Sequence
from datetime import datetime

from twilio.rest import Client

from connectors.contract import ChannelTemplate
from connectors.whatsapp.client import TwilioClient
from connectors.whatsapp.config import WhatsAppConfig
from connectors.whatsapp.missed import Listed, Media, listed
from connectors.whatsapp.setup import AccountState, WebhookChange, WhatsAppSender, account_of, sender_of
from connectors.whatsapp.templates import template_of

_PAGE = 500  # resources asked for at once; Twilio gives up to 1,000
_API = "https://api.twilio.com"


class TwilioQuestions:
    def __init__(self, config: WhatsAppConfig, client: TwilioClient) -> None:
        self._config = config
        self._client = client

    async def messages(self, after: datetime, before: datetime | None) -> list[Listed]:
        """All messages sent between the two (inclusive, by the second), newest first."""

        async def ask(sdk: Client) -> list[Listed]:
            until = {} if before is None else {"date_sent_before": before}
            found = await sdk.messages.stream_async(date_sent_after=after, page_size=_PAGE, **until)
            return [listed(shown) async for shown in found]

        return await self._client.read("api", ask)

    async def media(self, message_sid: str) -> Sequence[Media]:
        """The files of one message."""

        async def ask(sdk: Client) -> list[Media]:
            found = await sdk.messages(message_sid).media.list_async()
            return [Media(_API + str(shown.uri).removesuffix(".json"), str(shown.content_type)) for shown in found]

        return await self._client.read("api", ask)

    async def templates(self) -> Sequence[ChannelTemplate]:
        """All of the account."""

        async def ask(sdk: Client) -> list[ChannelTemplate]:
            found = await sdk.content.v1.content_and_approvals.list_async(page_size=_PAGE)
            return [template for shown in found if (template := template_of(shown)) is not None]

        return await self._client.read("content", ask)

    async def account_state(self) -> AccountState:
        async def ask(sdk: Client) -> AccountState:
            return account_of(await sdk.api.v2010.accounts(self._config.account_sid).fetch_async())

        return await self._client.read("api", ask)

    async def senders(self) -> Sequence[WhatsAppSender]:
        async def ask(sdk: Client) -> list[WhatsAppSender]:
            return [sender_of(each) for each in await sdk.messaging.v2.channels_senders.list_async(channel="whatsapp")]

        return await self._client.read("messaging", ask)

    async def set_webhook(self, sender_id: str) -> None:
        """Have what is written to this sender posted to us from now on."""

        async def ask(sdk: Client) -> None:
            await sdk.messaging.v2.channels_senders(sender_id).update_async(WebhookChange(self._config.webhook_url))

        await self._client.read("messaging", ask)
