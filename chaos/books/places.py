"""Which team's channel each card stands in: one of a team that has the ticket, or had it when the card was posted."""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from bot.intents import CARD_EVENT
from chaos.books.books import Books
from chaos.books.ledger import Ledger
from emulators.slack import Channel


def balance_places(books: Books, ledger: Ledger, channels: Sequence[Channel]) -> None:
    teams, handed = _teams(ledger), Counter[str]()
    there: Counter[str] = Counter()
    wrong = []
    for channel in channels:
        for post in channel.messages.values():
            mark = post.get("metadata") or {}
            if mark.get("event_type") != CARD_EVENT:
                continue
            ticket = str(mark["event_payload"]["ticket"])
            there[channel.name] += 1
            handed[channel.name] += len(teams[ticket]) > 1
            if ledger.tables.teams[channel.id] not in teams[ticket]:
                wrong.append(f"the card of {ticket} stands in {channel.name}, whose team never had it")
    books.note("cards by channel", _counted(there))
    books.note("… of tickets that two teams have had", _counted(handed))
    books.none("cards in a channel of another team", wrong)


def _teams(ledger: Ledger) -> Mapping[str, set[str]]:
    """All that had each ticket. Who belongs to none is the default team's."""
    had: dict[str, set[str]] = defaultdict(set)
    for row in ledger.tables.records:
        if row["kind"] in ("ticket.opened", "ticket.handed_off"):
            had[str(row["stream_id"])].add(_team(row["after"]))
    return had


def _team(after: Any) -> str:
    return str((json.loads(after) if isinstance(after, str) else after)["team"])


def _counted(found: Counter[str]) -> str:
    return ", ".join(f"{n} {name}" for name, n in sorted(found.items()))
