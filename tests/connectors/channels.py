"""Every connector with the other side of its channel, so that one suite can try them all.

A `Side` is the provider: it makes requests as the provider would, counts what reached it, and fails on demand.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Protocol, TypeVar

from connectors.contract import Sender
from connectors.email.config import EmailConfig, Mailbox, SmtpServer
from connectors.email.connector import EmailConnector
from connectors.registry import Connector
from connectors.telegram import TelegramConfig, TelegramConnector
from connectors.whatsapp import WhatsAppConfig, WhatsAppConnector
from core.errors import (
    AccountRefused,
    ChannelError,
    ChannelUnavailable,
    MessageRefused,
    OutcomeUnknown,
    RecipientGone,
)
from core.messages import Pressed, RawRequest
from emulators.mail import MailServer
from emulators.mail import running as running_mail
from emulators.telegram import BotAccount
from emulators.telegram import running as running_bot
from emulators.twilio import Account, File, running
from tests.connectors.telegram import updates
from tests.connectors.whatsapp.forms import BASE, INBOUND, STATUS, posted
from tests.fakes.channels import SIGNATURE, FakeConnector, sign

OURS, CUSTOMER = "+14155238886", "+4915112345678"


class SendingSide(Protocol):
    """`ours` is our account; `customer` can be reached, and so can `other` whatever befalls `customer`."""

    ours: str
    customer: str
    other: str

    @property
    def connector(self) -> Sender: ...

    def reached(self) -> int:
        """How many sends reached the provider so far."""
        ...

    def fail_next(self, failure: type[ChannelError]) -> None:
        """Let the next send fail in a way that this class names."""
        ...


class Side(SendingSide, Protocol):
    """Of a channel that posts to us what customers do."""

    signs_content: bool  # or proves only who sends it

    @property
    def connector(self) -> Connector: ...

    def message(self, number: int, text: str) -> RawRequest:
        """A customer's message, signed. The same number is the same message."""
        ...

    def key(self, number: int) -> str:
        """What the message of this number is to be known by."""
        ...

    def status(self, number: int) -> RawRequest | None:
        """A delivery report about a message of ours, signed; None where the channel has none."""
        ...

    def file(self, content: bytes) -> str:
        """A file of a customer's: what it is fetched by."""
        ...

    def lose_file(self, source: str) -> None:
        """The provider has it no more."""
        ...

    def press(self) -> tuple[Pressed, Callable[[], str | None]] | None:
        """A press of a button, and what the customer was shown for it; None where presses need no answer."""
        ...

    def nonsense(self) -> RawRequest:
        """Signed, but no event of the channel."""
        ...

    def signature_header(self) -> str: ...


Open = TypeVar("Open", bound=SendingSide)


class FakeSide:
    URL = f"{BASE}/hooks/fake"
    ours, customer, other, signs_content = "b", "a", "c", True

    def __init__(self) -> None:
        self.connector = FakeConnector(secret="s")

    def reached(self) -> int:
        return len(self.connector.sent)

    def fail_next(self, failure: type[ChannelError]) -> None:
        self.connector.fail_next = failure("as scripted")

    def message(self, number: int, text: str) -> RawRequest:
        return self._posted(f'{{"kind": "message", "id": "{number}", "from": "a", "to": "b", "text": "{text}"}}')

    def key(self, number: int) -> str:
        return str(number)

    def status(self, number: int) -> RawRequest:
        return self._posted(f'{{"kind": "status", "id": "{number}", "delivery": "read"}}')

    def file(self, content: bytes) -> str:
        self.connector.files["f1"] = content
        return "f1"

    def lose_file(self, source: str) -> None:
        del self.connector.files[source]

    def press(self) -> tuple[Pressed, Callable[[], str | None]]:
        pressed = Pressed("p1", "fake", self.ours, self.customer, None, "yes", None)
        return pressed, lambda: self.connector.answered.get("p1")

    def nonsense(self) -> RawRequest:
        return self._posted("[]")

    def signature_header(self) -> str:
        return SIGNATURE

    def _posted(self, body: str) -> RawRequest:
        return RawRequest(self.URL, {SIGNATURE: sign(self.URL, body.encode(), "s")}, body.encode())


class WhatsAppSide:
    ours, customer, other, signs_content = OURS, CUSTOMER, "+4915100000000", True

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

    def message(self, number: int, text: str) -> RawRequest:
        return self._posted("/hooks/whatsapp", {**INBOUND, "MessageSid": f"SM{number}", "Body": text})

    def key(self, number: int) -> str:
        return f"SM{number}"

    def status(self, number: int) -> RawRequest:
        return self._posted("/hooks/whatsapp/status", {**STATUS, "MessageSid": f"SM{number}", "MessageStatus": "read"})

    def file(self, content: bytes) -> str:
        media = self.account.media.new("MM" + "1" * 32, File("image/png", content))
        self.account.media.keep(media)
        return media.path

    def lose_file(self, source: str) -> None:
        self.account.media.delete(source.rpartition("/")[2])

    def press(self) -> None:
        """WhatsApp's buttons write a message."""

    def nonsense(self) -> RawRequest:
        return self._posted("/hooks/whatsapp", {"Hello": "there"})

    def signature_header(self) -> str:
        return "x-twilio-signature"

    def _posted(self, path: str, form: dict[str, str]) -> RawRequest:
        return posted(BASE + path, form, auth_token=self.account.auth_token)


class TelegramSide:
    signs_content = False  # its secret says who posts, and TLS that nobody changed it

    def __init__(self, bot: BotAccount) -> None:
        self.bot = bot
        self.connector = TelegramConnector(TelegramConfig(bot.token, BASE, updates.SECRET, api_url=bot.url, timeout=5))
        self._mia, other = bot.customer(4711, name="Mia"), bot.customer()
        self._mia.start()
        other.start()
        self.ours, self.customer, self.other = str(bot.id), str(self._mia.id), str(other.id)

    def reached(self) -> int:
        return len(self.bot.calls_of("sendMessage"))

    def fail_next(self, failure: type[ChannelError]) -> None:
        faults = self.bot.faults
        if failure is ChannelUnavailable:
            faults.next("sendMessage", status=429, retry_after=1)
        elif failure is OutcomeUnknown:
            faults.next("sendMessage", drop_reply=True)
        elif failure is AccountRefused:
            faults.next("sendMessage", status=401)
        elif failure is MessageRefused:
            faults.next("sendMessage", status=400)
        elif failure is RecipientGone:
            self._mia.block()
        else:
            raise AssertionError(f"no way to provoke {failure.__name__}")

    def message(self, number: int, text: str) -> RawRequest:
        return updates.posted(updates.update(number=number, message_id=number, text=text))

    def key(self, number: int) -> str:
        return f"{self.ours}:{updates.CHAT['id']}:{number}"

    def status(self, number: int) -> None:
        """Telegram does not say what becomes of a message."""

    def nonsense(self) -> RawRequest:
        return updates.posted({"Hello": "there"})

    def signature_header(self) -> str:
        return "x-telegram-bot-api-secret-token"

    def file(self, content: bytes) -> str:
        return str(self._mia.document(content).update.content["document"]["file_id"])

    def lose_file(self, source: str) -> None:
        self.bot.forget_file(source)

    def press(self) -> tuple[Pressed, Callable[[], str | None]]:
        chat = self._mia.chat
        keyboard = {"inline_keyboard": [[{"text": "Yes", "callback_data": "yes"}]]}
        under = self.bot.cloud.put(chat, self.bot.setup.user(), {"text": "?", "reply_markup": keyboard})
        press = self._mia.press(under["message_id"], "Yes")
        pressed = Pressed(press.id, "telegram", self.ours, self.customer, "Mia", "yes", None)
        return pressed, lambda: press.text


class EmailSide:
    ours, customer, other = "support@shop.example", "dana@customer.example", "eli@customer.example"

    def __init__(self, server: MailServer) -> None:
        self.server = server
        smtp = SmtpServer(server.host, port=server.port, tls="none", timeout=5)
        self.connector = EmailConnector(EmailConfig((Mailbox(self.ours, "Support", smtp=smtp),), b"k" * 32))

    def reached(self) -> int:
        return len(self.server.mails)

    def fail_next(self, failure: type[ChannelError]) -> None:
        faults = self.server.faults
        if failure is ChannelUnavailable:
            faults.add("RCPT", "greylisted")
        elif failure is OutcomeUnknown:
            faults.next("content", drop_reply=True)
        elif failure is AccountRefused:
            faults.next("MAIL", code=553, text="5.7.1 Sender address rejected: not owned by user")
        elif failure is MessageRefused:
            faults.add("content", "spam")
        elif failure is RecipientGone:
            self.server.refuse(self.customer)
        else:
            raise AssertionError(f"no way to provoke {failure.__name__}")


@asynccontextmanager
async def opened_to_send(channel: str) -> AsyncIterator[SendingSide]:
    """The side of a channel of `SENDERS`."""
    if channel == "email":
        async with running_mail(MailServer()) as server, _closing(EmailSide(server)) as email:
            yield email
    else:
        async with opened(channel) as side:
            yield side


@asynccontextmanager
async def opened(channel: str) -> AsyncIterator[Side]:
    """The side of a channel of `CHANNELS`."""
    if channel == "fake":
        yield FakeSide()
    elif channel == "telegram":
        async with running_bot(BotAccount(limits=False)) as bot, _closing(TelegramSide(bot)) as telegram:
            yield telegram
    else:
        async with running(Account(senders=[OURS])) as account, _closing(WhatsAppSide(account)) as whatsapp:
            yield whatsapp


@asynccontextmanager
async def _closing(side: Open) -> AsyncIterator[Open]:
    try:
        yield side
    finally:
        await side.connector.close()


CHANNELS = ("fake", "telegram", "whatsapp")
SENDERS = ("email", *CHANNELS)  # e-mail posts nothing: its mails are fetched
