"""Examples of the home tab: a busy morning, an empty one, and as full and long as it gets, hostile words included."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from bot.intents import Heading
from bot.views.home import home_view, stranger_view
from bot.views.home_list import PAGE, Turned, home_list_modal
from bot.views.notice import done, notice
from bot.views.parts import plain, section
from bot.views.preferences_modal import preferences_modal
from bot.wire import Json
from sla.clock import Clock, Kind
from tests.bot.views.hostile import NASTY
from tests.bot.views.work_examples import SITE, approvals
from tests.factories import NOW, a_person
from tests.playbooks import IN_PROGRESS, WAITING
from tests.ticketing.home.works import HOUR, a_clock, a_work
from ticketing.home.home import MOST, AskedApproval, Home, Listed, Tickets, home_of
from ticketing.home.work import WaitingConversation, Work
from ticketing.people.person import Person, Role
from ticketing.people.preferences import Notice, Preferences
from ticketing.triage.record import Trigger
from ticketing.triage.suggestion import Priority

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
CARD = ("C0SUPPORT", "1795348800.000200")
SARA = a_person("Sara", Role.SUPERVISOR)
BEN = UUID(int=2)
_WAITING = dict(approvals())["waiting"]


def _ticket(number: int, subject: str, customer: str, **changes: Any) -> Work:
    return a_work(number, subject=subject, customer=customer, card=CARD, **changes)


def _promised(due: datetime, kind: Kind = Kind.RESOLUTION) -> dict[Kind, Clock]:
    return {kind: a_clock(due, kind)}


def a_waiting_conversation(**changes: Any) -> WaitingConversation:
    values: dict[str, Any] = {
        "conversation_id": UUID(int=9),
        "version": 2,
        "customer": "Lena Fischer",
        "channel": "telegram",
        "since": NOW - 42 * MINUTE,
        "last_words": "Do you also ship to Switzerland?",
        "card": CARD,
    }
    return WaitingConversation(**values | changes)


def busy() -> Home:
    """A supervisor's morning: something of everything."""
    soon = _promised(NOW + 25 * MINUTE, Kind.FIRST_RESPONSE)
    late = _promised(NOW - 20 * MINUTE)
    unsure = "May be a complaint about order 77120: the customer does not say which (41% sure)."
    mine = [
        _ticket(41, "Refund: order 78932", "Anna Kowalski", clocks=late, priority=Priority.HIGH),
        _ticket(38, "Parcel never arrived", "Karl Weber", due_at=NOW - 2 * HOUR),
        _ticket(45, "Wrong size delivered", "Tom Baker", clocks=soon),
        _ticket(44, "Invoice for October is missing", "Nora Haas", unanswered_since=NOW - 5 * MINUTE),
        _ticket(29, "Discount code does not work", "Ida Sommer", undelivered_at=NOW - HOUR),
        _ticket(46, "Charged twice", "Olga Petrova", priority=Priority.URGENT),
        _ticket(31, "Spare part for a grinder", "Jan de Vries", due_at=NOW + 7 * HOUR),
        _ticket(30, "Change of address", "Paul Simon", status=IN_PROGRESS, status_since=NOW - 5 * HOUR),
        _ticket(27, "Broken lamp", "Mara Lind", status=WAITING, status_since=NOW - 3 * DAY),
        _ticket(26, "Return of two chairs", "Emil Roth", approval_since=NOW - 3 * HOUR),
    ]
    late_too = _promised(NOW - 70 * MINUTE)
    risky = [
        _ticket(33, "App crashes at checkout", "Vera Blum", assignee_id=BEN, assignee="Ben", clocks=late_too),
        _ticket(47, "Where is order 5519?", "Tom Baker", clocks=soon),
    ]
    since = NOW - 9 * MINUTE
    unclaimed = [
        _ticket(48, "Last week", "Rosa Klein", trigger=Trigger.LOW_CONFIDENCE, why=unsure, unanswered_since=since),
        _ticket(49, "Gift card balance", "Hugo Braun", unanswered_since=NOW - 3 * MINUTE),
    ]
    theirs = a_waiting_conversation(assignee_id=SARA.id, customer="Otto Berg", last_words="Thanks, and the other one?")
    voucher = replace(_WAITING, label="Goodwill voucher", amount="40.00 EUR")
    return home_of(
        SARA,
        Tickets(mine, risky, unclaimed),
        unticketed=Listed([a_waiting_conversation(), theirs]),
        to_decide=Listed([AskedApproval(_WAITING, 41, "Refund: order 78932", CARD)]),
        asked=Listed([AskedApproval(voucher, 26, "Return of two chairs", CARD)]),
        now=NOW,
    )


def fullest(words: str = "Broken mug") -> Home:
    """More than it shows, under every heading."""
    longest = replace(dict(approvals())["longest"], label=words, why=words)
    some: dict[str, Any] = {"why": words, "trigger": Trigger.AI_OFF}

    def many(first: int, **changes: Any) -> list[Work]:
        return [_ticket(first + n, words, words, **changes) for n in range(MOST + 5)]

    asked = [AskedApproval(longest, n, words, CARD) for n in range(10)]
    waiting = a_waiting_conversation(customer=words, last_words=words)
    home = home_of(
        replace(SARA, name=words),
        Tickets(
            [*many(100), *many(200, status=WAITING)],
            many(300, clocks=_promised(NOW - DAY), assignee=words),
            [*many(400, **some), *many(500)],
            more_unclaimed=True,
        ),
        unticketed=Listed([waiting] * MOST, more=True),
        to_decide=Listed(asked, more=True),
        asked=Listed(asked, more=True),
        now=NOW,
    )
    return replace(home, cards_behind=3 * DAY)


def empty(person: Person = SARA) -> Home:
    return home_of(person, Tickets([], [], []), unticketed=Listed(), to_decide=Listed(), asked=Listed(), now=NOW)


def cut() -> Home:
    """Nothing was found for them, of a desk that has more than is looked at."""
    none = Tickets([], [], [], more_unclaimed=True, more_at_risk=True)
    return home_of(SARA, none, unticketed=Listed(), to_decide=Listed(more=True), asked=Listed(), now=NOW)


def homes() -> Iterator[tuple[str, Home]]:
    """Pages, by name."""
    yield "busy", busy()
    yield "empty", empty()
    yield "cut", cut()
    yield "fullest", fullest()
    for name, words in (("hostile", NASTY * 40), ("ampersands", "&" * 4000), ("emoji", "👨‍👩‍👧" * 400), ("blank", " ")):
        yield f"fullest_{name}", fullest(words)


def views() -> Iterator[tuple[str, Json]]:
    """Every view, by name."""
    yield "home_stranger", stranger_view("You are not in Threadline." + NASTY * 100)
    for name, home in homes():
        yield f"home_{name}", home_view(home, SITE)
        for heading in Heading:
            for page in (0, 1, MOST // PAGE, 99):
                yield f"home_list_{name}_{heading}_{page}", home_list_modal(home, Turned(heading, page), SITE)
    yield "home_without_site", home_view(busy(), "")
    yield "home_cards_behind", home_view(replace(busy(), cards_behind=4 * MINUTE), SITE)
    for name, preferences in (
        ("default", Preferences()),
        ("nothing", Preferences(frozenset(Notice), digest=False, digest_at=time(0, 0), zone="Asia/Kolkata")),
        ("strangest", Preferences(zone="A<!here>" * 18)),
    ):
        yield f"preferences_{name}", preferences_modal(preferences, elsewhere=ZoneInfo("Europe/Berlin"))
    yield "done", done("Done. " * 900)
    yield "notice_with_button", notice("No.", instead=[section(plain("No."))])
