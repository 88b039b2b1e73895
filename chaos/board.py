"""The team's channel as people see it: which cards there are, whose they are, what already stands in the threads."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from bot.intents import CARD_EVENT, ENTRY_EVENT, Action
from chaos.town import Citizen, Town
from emulators.slack import Channel

Json = dict[str, Any]


class Board:
    """Reads only what is new since it was looked at last."""

    def __init__(self, channel: Channel, town: Town) -> None:
        self.cards: dict[str, str] = {}  # ticket id -> ts of its card
        self.tickets: list[str] = []  # in the order in which their cards came
        self.requests: list[str] = []  # for approvals: the ts of their posts
        self.owner: dict[str, Citizen] = {}  # ticket id -> whose words stand in its thread
        self._channel, self._town = channel, town
        self._ticket_at: dict[str, str] = {}
        self._shown: set[str] = set()
        self._read = 0

    def look(self) -> None:
        new = list(islice(self._channel.messages.values(), self._read, None))
        self._read += len(new)
        for message in new:
            mark = message.get("metadata") or {}
            if mark.get("event_type") == CARD_EVENT:
                ticket = str(mark["event_payload"]["ticket"])
                self.cards.setdefault(ticket, message["ts"])
                self._ticket_at[message["ts"]] = ticket
                self.tickets.append(ticket)
            elif mark.get("event_type") == ENTRY_EVENT:
                self._entry(message)

    def _entry(self, message: Json) -> None:
        text = words_of(message)
        self._shown.add(text)
        if find(message["blocks"], Action.APPROVE) is not None:
            self.requests.append(message["ts"])
        ticket = self._ticket_at.get(message.get("thread_ts", ""))
        if ticket is not None and (citizen := self._town.by_text.get(text)) is not None:
            self.owner[ticket] = citizen

    def card(self, ticket: str) -> Json:
        """As it stands now."""
        return self._channel.messages[self.cards[ticket]]

    def request(self, ts: str) -> Json:
        """A post with a request for approval, as it stands now."""
        return self._channel.messages[ts]

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
