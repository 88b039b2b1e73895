"""When a ticket leaves its status by itself, whatever a new version says of it."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import NOW, a_person, a_ticket
from tests.playbooks import LIFECYCLE, PLAIN, with_transitions
from ticketing.people.actor import person_acting
from ticketing.people.person import Role
from ticketing.playbook.lifecycle import MovesOn, Status, StatusCategory
from ticketing.playbook.playbook import Playbook
from ticketing.playbook.shipped import CLOSED, RESOLVED
from ticketing.tickets.changes import change_type
from ticketing.tickets.migrate import migrated
from ticketing.tickets.moving_on import moves_on_at, retimes

DAYS = st.floats(0.01, 400).map(lambda days: timedelta(days=days))


def lasting(days: timedelta | float | None) -> Status:
    """Resolved, left after so long."""
    after = timedelta(days=days) if isinstance(days, int | float) else days
    return replace(LIFECYCLE.status(RESOLVED), moves_on=MovesOn(after, CLOSED) if after else None)


class TestMovesOnAt:
    @pytest.mark.parametrize(
        ("days", "there_for", "planned", "then"),
        [
            (5, 0, None, 5),  # it has just come
            (5, 380, None, 385),  # the status gains a time: the whole of it, from now
            (None, 2, 5, None),  # it loses it
            (7, 4, 5, 7),  # it lasts longer
            (1, 3, 5, 4),  # shorter: the whole new time from now …
            (2, 4, 5, 5),  # … or the old one, whichever is sooner
            (3, 1, 5, 4),
            (5, 2, 5, 5),  # the same
        ],
    )
    def test_no_ticket_leaves_sooner_than_it_had_to_or_than_after_the_whole_new_time(
        self, days: float | None, there_for: float, planned: float | None, then: float | None
    ) -> None:
        since = NOW - timedelta(days=there_for)
        due = None if planned is None else since + timedelta(days=planned)
        made = moves_on_at(lasting(days), since=since, planned=due, now=NOW)
        assert made == (None if then is None else since + timedelta(days=then))

    @given(lasts=DAYS, there_for=DAYS, planned=st.none() | DAYS, later=DAYS)
    def test_asked_again_later_it_is_the_same(
        self, lasts: timedelta, there_for: timedelta, planned: timedelta | None, later: timedelta
    ) -> None:
        since, status = NOW - there_for, lasting(lasts)
        due = moves_on_at(status, since=since, planned=None if planned is None else since + planned, now=NOW)
        assert moves_on_at(status, since=since, planned=due, now=NOW + later) == due


def plain(days: float | None) -> Playbook:
    return with_transitions(PLAIN, LIFECYCLE.transitions, [lasting(days)])


class TestRetimes:
    def test_only_where_the_time_is_another_one(self) -> None:
        assert retimes(plain(5), plain(5)) == ()
        assert set(retimes(plain(5), plain(6))) == {(key, RESOLVED) for key in PLAIN.types}
        assert retimes(plain(None), plain(6)) == retimes(plain(6), plain(None)) == retimes(plain(5), plain(6))


def test_another_type_brings_its_own_time_though_the_status_is_called_the_same() -> None:
    slow = replace(plain(9).lifecycles[LIFECYCLE.key], key="slow")
    playbook = replace(
        plain(5),
        types={**PLAIN.types, "return": replace(PLAIN.types["return"], lifecycle="slow")},
        lifecycles={**plain(5).lifecycles, "slow": slow},
    )
    due = NOW + timedelta(days=5)
    ticket = replace(a_ticket(status=RESOLVED), type="complaint", status_since=NOW, moves_on_at=due)
    changed = change_type(
        ticket,
        "return",
        playbook.types["return"].categories[0],
        by=person_acting(a_person(role=Role.ADMIN)),
        at=NOW,
        playbook=playbook,
    )
    assert changed.ticket.moves_on_at == NOW + timedelta(days=9)


def test_one_that_was_merged_is_moved_to_where_its_status_is_now_and_starts_no_clock() -> None:
    (rules,) = plain(5).lifecycles.values()
    renamed = replace(plain(5), lifecycles={rules.key: replace(rules, retired={"solved": RESOLVED})})
    ticket = replace(a_ticket(status=RESOLVED), status="solved", status_category=StatusCategory.RESOLVED)
    by = person_acting(a_person(role=Role.ADMIN))
    merged = migrated(replace(ticket, merged_into=uuid4()), renamed, by=by, at=NOW).ticket
    alone = migrated(ticket, renamed, by=by, at=NOW).ticket
    assert (merged.status, merged.moves_on_at) == (RESOLVED, None)
    assert (alone.status, alone.moves_on_at) == (RESOLVED, NOW + timedelta(days=5))
