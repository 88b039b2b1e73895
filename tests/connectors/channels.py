"""Every connector with the other side of its channel, so that one suite can try them all.

A `Side` is the provider: it makes requests as the provider would, counts what reached it, and fails on demand.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol

from connectors.registry import Connector
from connectors.whatsapp import WhatsAppConfig, WhatsAppConnector
from core.errors import (
    AccountRefused,
    ChannelError,
    ChannelUnavailable,
    MessageRefused,
    OutcomeUnknown,
    RecipientGone,
)
from core.messages import RawRequest
from emulators.twilio import Account, running
from tests.connectors.whatsapp.forms import BASE, INBOUND, STATUS, posted
from tests.fakes.channels import SIGNATURE, FakeConnector, sign

OURS, CUSTOMER = "+14155238886", "+4915112345678"


class Side(Protocol):
    @property
    def connector(self) -> Connector: ...

    def reached(self) -> int:
        """How many sends reached the provider so far."""
        ...

    def fail_next(self, failure: type[ChannelError]) -> None:
        """Let the next send fail in a way that this class names."""
        ...

    def message(self, sid: str, text: str) -> RawRequest:
        """A customer's message, signed."""
        ...

    def status(self, sid: str) -> RawRequest:
        """A delivery report, signed."""
        ...

    def nonsense(self) -> RawRequest:
        """Signed, but no event of the channel."""
        ...

    def signature_header(self) -> str: ...


class FakeSide:
    URL = f"{BASE}/hooks/fake"

    def __init__(self) -> None:
        self.connector = FakeConnector(secret="s")

    def reached(self) -> int:
        return len(self.connector.sent)

    def fail_next(self, failure: type[ChannelError]) -> None:
        self.connector.fail_next = failure("as scripted")

    def message(self, sid: str, text: str) -> RawRequest:
        return self._posted(f'{{"kind": "message", "id": "{sid}", "from": "a", "to": "b", "text": "{text}"}}')

    def status(self, sid: str) -> RawRequest:
        return self._posted(f'{{"kind": "status", "id": "{sid}", "delivery": "read"}}')

    def nonsense(self) -> RawRequest:
        return self._posted("[]")

    def signature_header(self) -> str:
        return SIGNATURE

    def _posted(self, body: str) -> RawRequest:
        return RawRequest(self.URL, {SIGNATURE: sign(self.URL, body.encode(), "s")}, body.encode())


class WhatsAppSide:
    def __init__(self, account: Account) -> None:
        self.account = account
        config = WhatsAppConfig(account.account_sid, account.auth_token, BASE, api_url=account.url, timeout=5)
        self.connector = WhatsAppConnector(config)

    def reached(self) -> int:
        return len(self.account.calls)

    def fail_next(self, failure: type[ChannelError]) -> None:
        faults = self.account.faults
        if failure is ChannelUnavailable:
            faults.next("messages.create", status=429, retry_after=1)
        elif failure is OutcomeUnknown:
            faults.next("messages.create", drop_reply=True)
        elif failure is AccountRefused:
            faults.next("messages.create", status=401)
        elif failure is MessageRefused:
            faults.next("messages.create", status=400, code=63016)
        elif failure is RecipientGone:
            self.account.opt_out(CUSTOMER)
        else:
            raise AssertionError(f"no way to provoke {failure.__name__}")

    def message(self, sid: str, text: str) -> RawRequest:
        return self._posted("/hooks/whatsapp", {**INBOUND, "MessageSid": sid, "Body": text})

    def status(self, sid: str) -> RawRequest:
        return self._posted("/hooks/whatsapp/status", {**STATUS, "MessageSid": sid, "MessageStatus": "read"})

    def nonsense(self) -> RawRequest:
        return self._posted("/hooks/whatsapp", {"Hello": "there"})

    def signature_header(self) -> str:
        return "x-twilio-signature"

    def _posted(self, path: str, form: dict[str, str]) -> RawRequest:
        return posted(BASE + path, form, auth_token=self.account.auth_token)


@asynccontextmanager
async def opened(channel: str) -> AsyncIterator[Side]:
    if channel == "fake":
        yield FakeSide()
        return
    async with running(Account(senders=[OURS])) as account:
        side = WhatsAppSide(account)
        try:
            yield side
        finally:
            await side.connector.close()
