"""Examples of tickets that were handed to people: on their card, and on the screen behind it."""

from collections.abc import Iterator
from dataclasses import replace

from bot.views.overview_modal import overview_modal
from bot.views.ticket_card import ticket_card
from bot.wire import Json
from tests.bot.cards import NOON, a_card, an_escalation, an_understanding
from tests.bot.views.screen_examples import an_overview
from tests.bot.views.told_examples import escalations
from tests.bot.views.work_examples import LONG
from ticketing.tickets.card import TicketCard
from ticketing.triage.record import Trigger
from ticketing.triage.suggestion import Sentiment


def cards() -> Iterator[tuple[str, TicketCard]]:
    for name, escalation in escalations().items():
        yield name, a_card(escalation=escalation, subject=LONG if name == "longest" else "Damaged item: order 78932")
    upset = an_understanding(sentiment=Sentiment.UPSET, sentiment_then=Sentiment.NEUTRAL, times=3)
    waits = replace(an_escalation(), trigger=Trigger.RULE, sentiment_then=Sentiment.UPSET, because=("nobody takes it",))
    yield "claimed", a_card(escalation=waits, understanding=upset, assignee="Mia", assignee_email="mia@desk.example")
    yield "by_hand", a_card(escalation=an_escalation(because=("it is old", "it came back")), understanding=None)


def messages() -> Iterator[tuple[str, list[Json]]]:
    for name, card in cards():
        yield f"escalated_{name}", ticket_card(card)


def modals() -> Iterator[tuple[str, Json]]:
    for name, card in cards():
        yield f"escalated_{name}", overview_modal(card, an_overview("A broken mug", 1), now=NOON)
