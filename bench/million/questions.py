"""What is asked of a made-up desk: the lists and words of the figures in docs/lists.md."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from bench.million.world import COMMON_WORD, RARE_WORD
from ticketing.playbook.lifecycle import StatusCategory
from ticketing.tickets.listing import (
    BY_PRIORITY,
    CURRENT,
    LIVE,
    FieldBetween,
    FieldIs,
    FieldSort,
    Order,
    Period,
    Sort,
    TicketFilter,
    all_current,
    mine,
    pending,
    unassigned,
)
from ticketing.triage.suggestion import Priority

_DUE, _NOW = Order(Sort.DUE), datetime.now(UTC)
_TEAMS = [UUID(f"01{number:030x}") for number in range(8)]
AGENTS = [UUID(f"02{number:030x}") for number in range(64)]

# The twenty of the figures in docs/lists.md: common, rare, and pairs that hardly ever meet.
QUESTIONS: Mapping[str, tuple[TicketFilter, Order]] = {
    "all, by priority": (all_current(), BY_PRIORITY),
    "mine": (mine(AGENTS[0]), BY_PRIORITY),
    "pending": (pending(), _DUE),
    "unassigned": (unassigned(), _DUE),
    "urgent": (TicketFilter(stages=CURRENT, priorities=(Priority.URGENT,)), _DUE),
    "small team, high": (TicketFilter(stages=CURRENT, teams=(_TEAMS[7],), priorities=(Priority.HIGH,)), _DUE),
    "closed": (TicketFilter(statuses=("closed",)), _DUE),
    "closed queries": (TicketFilter(statuses=("closed",), types=("general_query",)), _DUE),
    "resolved": (TicketFilter(stages=(StatusCategory.RESOLVED,)), _DUE),
    "busy assignee": (TicketFilter(assignees=(AGENTS[0],)), _DUE),
    "rare assignee": (TicketFilter(assignees=(AGENTS[63],)), _DUE),
    "a team's, of another team's agent": (TicketFilter(teams=(_TEAMS[0],), assignees=(AGENTS[3],)), _DUE),
    "queries about damage": (TicketFilter(types=("general_query",), categories=("damaged",)), _DUE),
    "technical returns: none": (TicketFilter(types=("return",), categories=("technical",)), _DUE),
    "live, due long ago: none": (
        TicketFilter(stages=LIVE, due=Period(_NOW - timedelta(days=900), _NOW - timedelta(days=400))),
        _DUE,
    ),
    "a month's complaints": (
        TicketFilter(types=("complaint",), created=Period(_NOW - timedelta(days=60), _NOW - timedelta(days=30))),
        _DUE,
    ),
    "region is rare": (TicketFilter(fields=(FieldIs("region", ("nz",)),)), _DUE),
    "region is common, closed": (TicketFilter(statuses=("closed",), fields=(FieldIs("region", ("de",)),)), _DUE),
    "refund from 100 to 120": (TicketFilter(fields=(FieldBetween("refund", Decimal(100), Decimal(120)),)), _DUE),
    "region and refund": (
        TicketFilter(fields=(FieldIs("region", ("de",)), FieldBetween("refund", Decimal(1800)))),
        _DUE,
    ),
    # Beyond the twenty: by a custom field.
    "live, by refund": (TicketFilter(stages=LIVE), Order(FieldSort("refund"))),
    "returns, the highest refund first": (TicketFilter(types=("return",)), Order(FieldSort("refund"), reverse=True)),
}
FIND_NOTHING = ("technical returns: none", "live, due long ago: none")  # all others find something
WORDS: Mapping[str, str] = {
    "a rare word": RARE_WORD,
    "a word in 5 %": COMMON_WORD,
    "an order's number": "order 1005000",
}
