"""WhatsApp joined together: what Twilio posts goes through `wire`, what we send through `wire` and `client`.

It sends as it is told, in one call. Whether the 24-hour window is open is the outbox's question, not answered here.
"""

from contextlib import AbstractAsyncContextManager

from connectors.contract import OpenFile
from connectors.whatsapp import outgoing, wire
from connectors.whatsapp.client import TwilioClient
from connectors.whatsapp.config import WhatsAppConfig
from connectors.whatsapp.files import TwilioFiles
from core.messages import Limits, Outbound, RawRequest, Receipt, Received


class WhatsAppConnector:
    """Sender, Webhook and FileSource of one Twilio account."""

    channel: str = wire.CHANNEL
    limits: Limits = outgoing.LIMITS
    # TwiML that says nothing: any text in the answer would be sent to the customer.
    acknowledgement: tuple[str, bytes] = ("text/xml", b'<?xml version="1.0" encoding="UTF-8"?><Response/>')

    def __init__(self, config: WhatsAppConfig) -> None:
        self._config = config
        self._client = TwilioClient(config)
        self._files = TwilioFiles(config)

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

    def admit(self, request: RawRequest) -> str:
        return wire.admit(request, auth_token=self._config.auth_token)

    def parse(self, request: RawRequest) -> tuple[Received, ...]:
        return (wire.parse(request),)
