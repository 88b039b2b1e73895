"""The view SLA at risk."""

from typing import Any

from bot.views.at_risk import MOST, at_risk_view
from sla.clock import Kind, State
from tests.bot.cards import NOON
from tests.bot.views.hostile import NASTY, texts, valid_message
from ticketing.sla.shown import AtRisk, ShownClock
from ticketing.triage.suggestion import Priority


def a_late_one(number: int = 17, **changes: Any) -> AtRisk:
    values: dict[str, Any] = {
        "number": number,
        "subject": "Broken mug",
        "priority": Priority.HIGH,
        "customer": "Karl",
        "assignee": "Mia",
        "channel": "C1",
        "ts": "1795348800.000200",
        "clocks": (ShownClock(Kind.RESOLUTION, State.BREACHED, NOON),),
    }
    return AtRisk(**values | changes)


def test_an_empty_view_says_that_all_is_well() -> None:
    (words,) = texts(at_risk_view([]))
    assert "Nothing is at risk" in words


def test_each_ticket_leads_to_its_card_and_says_what_is_late() -> None:
    blocks = at_risk_view([a_late_one(), a_late_one(18, ts=None, assignee=None)], "https://acme.slack.com/")
    valid_message(blocks)
    head, first, show, second, _ = texts(blocks)
    assert show == "Show"
    assert "2 tickets" in head
    assert first.startswith("*<https://acme.slack.com/archives/C1/p1795348800000200?")
    assert "|#17>* Broken mug" in first
    assert "🔴 *Resolution was due <!date^" in first
    assert second.startswith("*#18* Broken mug")
    assert "_nobody yet_" in second


def test_more_than_a_message_takes_says_so_whatever_customers_write() -> None:
    many = [a_late_one(number, subject=NASTY * 20, customer=NASTY) for number in range(MOST + 1)]
    blocks = at_risk_view(many, "https://acme.slack.com/")
    valid_message(blocks)
    assert f"more than {MOST} tickets" in texts(blocks)[0]
    assert f"the first {MOST}" in texts(blocks)[-1]
    assert not any("<!channel>" in each for each in texts(blocks))
