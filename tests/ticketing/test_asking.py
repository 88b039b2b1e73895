"""A filter as people type it."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tests.factories import a_person
from ticketing.people.person import Team
from ticketing.playbook.lifecycle import StatusCategory
from ticketing.tickets.asking import Directory, read_filter, read_order
from ticketing.tickets.listing import (
    FieldBetween,
    FieldGiven,
    FieldIs,
    FieldSort,
    FilterRefused,
    Order,
    Period,
    Sort,
    TicketFilter,
)
from ticketing.triage.suggestion import Priority

MIA, BEN, OTHER_BEN = (
    replace(a_person(name), email=f"{n}@example.com") for n, name in enumerate(("Mia", "Ben", "Ben"))
)
SUPPORT = Team(a_person().id, "Support", None, is_default=True)
DESK = Directory((MIA, BEN, OTHER_BEN), (SUPPORT,))


class TestReadFilter:
    @pytest.mark.parametrize(
        ("said", "meant"),
        [
            ("status=open,closed", TicketFilter(statuses=("open", "closed"))),
            ("stage=pending", TicketFilter(stages=(StatusCategory.PENDING,))),
            ("priority=high, urgent", TicketFilter(priorities=(Priority.HIGH, Priority.URGENT))),
            ("assignee=nobody,mia", TicketFilter(assignees=(None, MIA.id))),
            ("assignee=1@example.com", TicketFilter(assignees=(BEN.id,))),
            ("team=support", TicketFilter(teams=(SUPPORT.id,))),
            ("owner=Support", TicketFilter(owners=(SUPPORT.id,))),
            ("number=#12,13", TicketFilter(numbers=(12, 13))),
            ("created>=2026-11-01", TicketFilter(created=Period(since=datetime(2026, 11, 1, tzinfo=UTC)))),
            ("due<=2026-11-30", TicketFilter(due=Period(until=datetime(2026, 12, 1, tzinfo=UTC)))),
            ("field.region=de,fr", TicketFilter(fields=(FieldIs("region", ("de", "fr")),))),
            ("field.refund>=100.50", TicketFilter(fields=(FieldBetween("refund", Decimal("100.50")),))),
            ("field.day<=2026-11-24", TicketFilter(fields=(FieldBetween("day", most=date(2026, 11, 24)),))),
            ("field.vip", TicketFilter(fields=(FieldGiven("vip"),))),
            ("!field.vip", TicketFilter(fields=(FieldGiven("vip", given=False),))),
        ],
    )
    def test_each_condition_means_this(self, said: str, meant: TicketFilter) -> None:
        assert read_filter([said], DESK) == meant

    @pytest.mark.parametrize(
        ("said", "hint"),
        [
            ("colour=red", "There are: stage, status"),
            ("stage=nearly", "none of: open, active"),
            ("assignee=ben", "use the e-mail"),
            ("assignee=zoe", "nobody here"),
            ("created>=tomorrow", "2026-11-24"),
            ("field.refund>=much", "2026-11-24"),
            ("!field.refund=3", "!field.refund"),
            ("!status=open", "There are"),
            ("number=twelve", "There are"),
            ("status>=open", "There are"),
            ("", "There are"),
        ],
    )
    def test_what_makes_no_sense_is_told_with_what_would(self, said: str, hint: str) -> None:
        with pytest.raises(FilterRefused) as refused:
            read_filter([said], DESK)
        assert hint in refused.value.message


class TestReadOrder:
    def test_an_order_is_a_name_or_a_field(self) -> None:
        assert read_order("due") == Order(Sort.DUE)
        assert read_order("field.refund", reverse=True) == Order(FieldSort("refund"), reverse=True)
        with pytest.raises(FilterRefused, match="priority, due, created, updated"):
            read_order("colour")
