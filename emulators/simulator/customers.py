"""What a customer does on the page, with a phone on either channel. Each deed is one JSON object in and one out."""

import base64
import binascii

from emulators import telegram, twilio
from emulators.simulator.phones import TELEGRAM, Json, phone_owner
from emulators.telegram import BotAccount, drawn
from emulators.twilio import Account
from emulators.twilio.media import File

# 555-0100 to 555-0199 are kept for fiction. Who is served by us may have taken some: those from 0180 on come first.
_NUMBERS = tuple(f"+1415555{last:04d}" for last in (*range(180, 200), *range(100, 176)))
_MOST_NAME = 80
DOCUMENT = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


class CannotAdd(Exception):
    """No further customer can be added."""


class CustomerDeeds:
    def __init__(self, account: Account, bot: BotAccount | None) -> None:
        self._account, self._bot = account, bot

    async def customer(self, body: Json) -> Json:
        """Somebody new, on WhatsApp unless `channel` says telegram. A `number` is made up if none is given."""
        name = str(body["name"]).strip()[:_MOST_NAME]
        if name and body.get("channel") == "telegram" and self._bot is not None:
            return phone_owner(self._bot.customer(name=name))
        known = {each.number for each in self._account.customers}
        number = body.get("number") or next((each for each in _NUMBERS if each not in known), None)
        if not name or number is None:
            raise CannotAdd("A customer needs a name." if not name else "There are no more numbers to give away.")
        return phone_owner(self._account.customer(str(number), name=name))

    async def write(self, body: Json) -> Json:
        customer, text = self._owner(body), str(body["text"])
        if isinstance(customer, twilio.Customer):
            return _done(await customer.write(text))
        customer.write(text)
        return {"ok": True}

    async def read(self, body: Json) -> Json:
        customer = self._owner(body)
        if isinstance(customer, twilio.Customer):
            return {"read": len(await customer.read())}
        return {"read": len(customer.look())}

    async def attach(self, body: Json) -> Json:
        """A file: `sample` picture or document, or `content` in base64 with its `name` and `type`; with `text`."""
        customer, text = self._owner(body), str(body.get("text", ""))
        name, kind, content = _chosen(body)
        if isinstance(customer, twilio.Customer):
            return _done(await customer.write(text, media=[File(kind, content, name=name)]))
        if kind in {"image/jpeg", "image/png"}:
            customer.photo(content, caption=text)
        else:
            customer.document(content, name, content_type=kind, caption=text)
        return {"ok": True}

    async def rewrite(self, body: Json) -> Json:
        """Edit one's own message, on Telegram."""
        self._on_telegram(body).edit(int(body["message_id"]), str(body["text"]))
        return {"ok": True}

    async def tap(self, body: Json) -> Json:
        """Press a button under a message. `answer`: what the bot says to it in `patience` seconds; None if it does not.

        On WhatsApp a press is a message, which is not answered.
        """
        customer, label = self._owner(body), str(body["button"])
        if isinstance(customer, twilio.Customer):
            (message,) = [each for each in customer.inbox if each.sid == body["sid"]]
            await customer.press(message, label)
            return {"answer": ""}
        press = customer.press(int(body["message_id"]), label)
        try:
            return {"answer": await press.answer(float(body.get("patience", 3.0)))}
        except TimeoutError:
            return {"answer": None}

    async def block(self, body: Json) -> Json:
        """Block the bot, or with `blocks` false let it in again."""
        customer = self._on_telegram(body)
        if bool(body["blocks"]) != customer.blocks:
            (customer.unblock if customer.blocks else customer.block)()
        return phone_owner(customer)

    def _owner(self, body: Json) -> twilio.Customer | telegram.Customer:
        number = str(body["number"])
        return self._on_telegram(body) if number.startswith(TELEGRAM) else self._account.customer(number)

    def _on_telegram(self, body: Json) -> telegram.Customer:
        known = {} if self._bot is None else {each.id: each for each in self._bot.customers}
        return known[int(str(body["number"]).removeprefix(TELEGRAM))]


def _chosen(body: Json) -> tuple[str, str, bytes]:
    """Name, content type and bytes. Raises ValueError for what is no base64."""
    match body.get("sample"):
        case "picture":
            return "picture.jpg", "image/jpeg", drawn("It arrived like this")
        case "document":
            return "invoice.pdf", "application/pdf", DOCUMENT
    try:
        content = base64.b64decode(str(body["content"]), validate=True)
    except binascii.Error as error:
        raise ValueError("the file is not in base64") from error
    return str(body["name"]), str(body["type"]) or "application/octet-stream", content


def _done(written: twilio.Written) -> Json:
    return {"ok": written.ok, "status": written.status, "seconds": written.latency}
