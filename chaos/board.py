"""The teams' channels as people see them: which cards there are, whose they are, what already stands in the threads."""

from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Any

from bot.intents import CARD_EVENT, CONVERSATION_EVENT, ENTRY_EVENT, Action
from chaos.town import Citizen, Town
from emulators.slack import CannotDo, Channel

Json = dict[str, Any]
_NEWEST = 30  # requests


class Board:
    """Reads only what is new since it was looked at last."""

    def __init__(self, channels: Sequence[Channel], town: Town) -> None:
        self.cards: dict[str, str] = {}  # ticket id -> ts of its card
        self.tickets: list[str] = []  # in the order in which their cards came
        self.requests: list[str] = []  # for approvals: the ts of their posts
        self.owner: dict[str, Citizen] = {}  # ticket id -> whose words stand in its thread
        self._channels, self._town = channels, town
        self._ticket_at: dict[str, str] = {}
        self._shown: set[str] = set()
        self._light: dict[str, str] = {}  # conversation id -> ts of its light card
        self._read = dict.fromkeys((each.id for each in channels), "")  # the ts of the newest that was looked at

    def look(self) -> None:
        for message in self._new():
            mark = message.get("metadata") or {}
            if mark.get("event_type") == CARD_EVENT:
                self._card(str(mark["event_payload"]["ticket"]), message["ts"])
            elif mark.get("event_type") == CONVERSATION_EVENT:
                self._light[str(mark["event_payload"]["conversation"])] = message["ts"]
            elif mark.get("event_type") == ENTRY_EVENT:
                self._entry(message)

    def _new(self) -> list[Json]:
        """Since the last look, oldest first. By their ts: messages also go away."""
        found: list[Json] = []
        for channel in self._channels:
            read = self._read[channel.id]
            new = list(takewhile(lambda each: each["ts"] > read, reversed(channel.messages.values())))  # noqa: B023
            self._read[channel.id] = new[0]["ts"] if new else read
            found += new
        return sorted(found, key=lambda each: str(each["ts"]))

    def _card(self, ticket: str, ts: str) -> None:
        """One that was deleted comes back as another."""
        if ticket not in self.cards:
            self.tickets.append(ticket)
        self.cards[ticket] = ts
        self._ticket_at[ts] = ticket

    def _entry(self, message: Json) -> None:
        text = words_of(message)
        self._shown.add(text)
        if find(message["blocks"], Action.APPROVE) is not None:
            self.requests.append(message["ts"])
        ticket = self._ticket_at.get(message.get("thread_ts", ""))
        if ticket is not None and (citizen := self._town.by_text.get(text)) is not None:
            self.owner[ticket] = citizen

    def card(self, ticket: str) -> Json:
        """As it stands now. Raises CannotDo where somebody has deleted it."""
        if ticket not in self.cards:
            raise CannotDo("it has no card yet")
        return self._standing(self.cards[ticket])

    def thread(self, ticket: str) -> list[Json]:
        """What was posted below it, oldest first. Raises CannotDo."""
        ts = self.card(ticket)["ts"]
        return next(each.thread(ts)[1:] for each in self._channels if ts in each.messages)

    def light_cards(self) -> list[tuple[str, Json]]:
        """Each conversation that ever had one, with it, oldest first."""
        found = ((conversation, self._message(ts)) for conversation, ts in self._light.items())
        return [(conversation, message) for conversation, message in found if message is not None]

    def _standing(self, ts: str) -> Json:
        message = self._message(ts)
        if message is None or message.get("subtype") == "tombstone":
            raise CannotDo("somebody has deleted it")
        return message

    def request(self, ts: str) -> Json:
        """A post with a request for approval, as it stands now."""
        return self._standing(ts)

    def waiting(self, action: str) -> list[str]:
        """Of the newest requests those that can still be decided: the ts of their posts."""
        newest = ((ts, self._message(ts)) for ts in self.requests[-_NEWEST:])
        return [ts for ts, message in newest if message is not None and find(message.get("blocks", []), action)]

    def _message(self, ts: str) -> Json | None:
        return next((each.messages[ts] for each in self._channels if ts in each.messages), None)

    def siblings(self, ticket: str) -> int:
        """How many tickets its customer has, as far as anybody can tell."""
        citizen = self.owner.get(ticket)
        return sum(each is citizen for each in self.owner.values()) if citizen is not None else 0

    def settled(self, ticket: str) -> bool:
        """Whether everything its customer was about to say stands in Slack: then no message of theirs is under way."""
        citizen = self.owner.get(ticket)
        if citizen is None or not citizen.readable or not citizen.patient:
            return False
        return all(told.text in self._shown for told in citizen.messages if told.ticket is not None)


def words_of(message: Json) -> str:
    """What somebody wrote, without our head line over it: only their words are plain text."""
    texts = [block["text"] for block in message["blocks"] if block["type"] == "section"]
    return "\n".join(str(text["text"]) for text in texts if text["type"] == "plain_text")


def elements(blocks: list[Json]) -> Iterator[Json]:
    """Everything in these blocks that can be pressed, chosen or filled in."""
    for block in blocks:
        yield from block.get("elements", [])
        yield from (block[part] for part in ("accessory", "element") if part in block)


def find(blocks: list[Json], action_id: str) -> Json | None:
    return next((each for each in elements(blocks) if each.get("action_id") == action_id), None)
