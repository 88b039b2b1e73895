"""WhatsApp joined together: what Twilio posts goes through `wire`, what we send through `wire` and `client`.

It sends as it is told, in one call. Whether the 24-hour window is open is the outbox's question, not answered here.
"""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager

from connectors.contract import ChannelTemplate, Check, Fetched, OpenFile
from connectors.whatsapp import outgoing, wire
from connectors.whatsapp.client import TwilioClient
from connectors.whatsapp.config import WhatsAppConfig
from connectors.whatsapp.feed import PAUSE, MissedEvents
from connectors.whatsapp.files import TwilioFiles
from connectors.whatsapp.questions import TwilioQuestions
from connectors.whatsapp.setup import AccountState, WhatsAppSender, check, set_up
from core.messages import Limits, Outbound, RawRequest, Receipt, Received


class WhatsAppConnector:
    """Sender, Webhook, FileSource, Templates, Feed and Setup of one Twilio account."""

    channel: str = wire.CHANNEL
    pause: float = PAUSE
    limits: Limits = outgoing.LIMITS
    # TwiML that says nothing: any text in the answer would be sent to the customer.
    acknowledgement: tuple[str, bytes] = ("text/xml", b'<?xml version="1.0" encoding="UTF-8"?><Response/>')

    def __init__(self, config: WhatsAppConfig) -> None:
        self._config = config
        self._client = TwilioClient(config)
        self._files = TwilioFiles(config)
        self._questions = TwilioQuestions(config, self._client)
        self._missed = MissedEvents(config, self._questions)

    @property
    def account(self) -> str:
        """The Twilio account; customers know it by the numbers of its senders."""
        return self._config.account_sid

    async def send(self, message: Outbound) -> Receipt:
        """As `Sender.send`; also raises MessageRefused for an empty text."""
        return await self._client.create(outgoing.outbound(message, status_url=self._config.status_url))

    async def prepare(self) -> None:
        await self._client.prepare()

    async def close(self) -> None:
        await self._client.close()
        await self._files.close()

    def fetch(self, source: str, *, most: int) -> AbstractAsyncContextManager[OpenFile]:
        """As `FileSource.fetch`."""
        return self._files.fetch(source, most=most)

    async def fetch_events(self, cursor: str | None) -> Fetched:
        """As `Feed.fetch_events`; without a cursor the last hour."""
        return await self._missed.fetch_events(cursor)

    async def templates(self) -> Sequence[ChannelTemplate]:
        """As `Templates.templates`."""
        return await self._questions.templates()

    async def account_state(self) -> AccountState:
        """Raises leaves of ChannelError; AccountRefused: the credentials are not an account's."""
        return await self._questions.account_state()

    async def senders(self) -> Sequence[WhatsAppSender]:
        """Our numbers; the sandbox's is none of them. Raises leaves of ChannelError."""
        return await self._questions.senders()

    async def set_webhook(self, sender_id: str) -> None:
        """Have what is written to this sender posted to us from now on. Raises leaves of ChannelError."""
        await self._questions.set_webhook(sender_id)

    async def check(self) -> Sequence[Check]:
        """As `Setup.check`."""
        return await check(self, self._config)

    async def set_up(self) -> Sequence[Check]:
        """As `Setup.set_up`."""
        return await set_up(self, self._config)

    def admit(self, request: RawRequest) -> str:
        return wire.admit(request, auth_token=self._config.auth_token)

    def parse(self, request: RawRequest) -> tuple[Received, ...]:
        return (wire.parse(request),)
