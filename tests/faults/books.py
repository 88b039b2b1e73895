"""What customers sent and what we wrote, beside what the emulated providers know of it. It has to balance."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from emulators.telegram import BotAccount
from emulators.telegram.customer import Written
from tests.journey.stage import Json, Stage

# A message of ours at Twilio, and what we are to know of it once all is told.
_TOLD = {"sent": "sent", "delivered": "delivered", "read": "read", "undelivered": "failed", "failed": "failed"}
_SETTLED = frozenset({"sent", "delivered", "read", "failed", "unknown", "withdrawn"})
_ARRIVED = frozenset({"sent", "delivered", "read"})


@dataclass(frozen=True, slots=True)
class Provided:
    """A message of ours as the provider has it."""

    channel: str
    recipient: str
    text: str
    has_file: bool
    key: str
    status: str  # as we are to know it
    on_phone: bool

    @property
    def what(self) -> tuple[str, str, str, bool]:
        return self.channel, self.recipient, self.text, self.has_file


@dataclass(frozen=True, slots=True)
class Books:
    """Read once everything has settled."""

    filed: Counter[str]  # messages of customers, by key
    apart: Counter[str]  # events of blocked senders, by key
    written: list[Json]
    provided: list[Provided]

    def incoming(self, twilio: Iterable[str], telegram: Iterable[Written], bot: BotAccount) -> None:
        """Each message that the provider was told we have is filed or kept apart, once. Nothing else is."""
        ways = {f"whatsapp:{sid}": f"message:{sid}" for sid in twilio}
        for each in telegram:
            chat, number = each.update.chat_id, each.message_id
            ways[f"telegram:{bot.id}:{chat}:{number}"] = f"{bot.id}:{each.update_id}"
        assert set(self.filed) <= set(ways)
        assert set(self.apart) <= set(ways.values())
        for message, event in ways.items():
            assert self.filed[message] + self.apart[event] == 1, message

    def outgoing(self) -> Counter[str]:
        """How many were written ended in which state: as the provider says, and nobody got anything twice."""
        states = Counter(row["delivery"] for row in self.written)
        assert set(states) <= _SETTLED
        written = Counter(_what(row) for row in self.written)
        assert set(written.values()) == {1}, "messages that cannot be told apart"
        provided = Counter(each.what for each in self.provided)
        unwritten = [*(provided - written).elements()]
        assert unwritten == [], f"sent twice, or written by nobody: {unwritten}"
        for row in self.written:
            self._agrees(row)
        return states

    def _agrees(self, row: Json) -> None:
        there = [each for each in self.provided if each.what == _what(row)]
        if row["delivery"] in _ARRIVED:
            (found,) = there
            assert (row["key"], row["delivery"]) == (found.key, found.status), row
        elif row["delivery"] == "withdrawn":
            assert there == [], row
        elif row["delivery"] == "failed":
            assert not any(each.on_phone for each in there), row


def _what(row: Json) -> tuple[str, str, str, bool]:
    text = row["text"].strip()  # where a long one was split, a space stands that Telegram does not show
    return row["channel"], row["address"], text, row["file_id"] is not None


async def books(stage: Stage, bot: BotAccount) -> Books:
    filed = await stage.rows("SELECT key FROM message WHERE direction = 'in' AND key NOT LIKE '%:press:%'")
    apart = await stage.rows("SELECT key FROM inbox WHERE outcome = 'blocked'")
    written = await stage.rows(
        "SELECT channel, address, text, file_id, delivery, message.key FROM message"
        " JOIN conversation ON conversation.id = conversation_id WHERE direction = 'out'"
    )
    return Books(_keys(filed), _keys(apart), written, [*_at_twilio(stage), *_at_telegram(bot)])


def _keys(rows: Iterable[Json]) -> Counter[str]:
    return Counter(row["key"] for row in rows)


def _at_twilio(stage: Stage) -> Iterable[Provided]:
    on_phones = {message.sid for customer in stage.twilio.customers for message in customer.inbox}
    for sid, message in stage.twilio.messages.items():
        if message.direction != "inbound":
            to = message.to.removeprefix("whatsapp:")
            status, key = _TOLD[message.status], f"whatsapp:{sid}"
            yield Provided("whatsapp", to, message.body, bool(message.media), key, status, sid in on_phones)


def _at_telegram(bot: BotAccount) -> Iterable[Provided]:
    for customer in bot.customers:
        for message in customer.inbox:
            key, file = f"telegram:{bot.id}:{customer.id}:{message.message_id}", message.kind != "text"
            yield Provided("telegram", str(customer.id), message.text, file, key, "sent", on_phone=True)
