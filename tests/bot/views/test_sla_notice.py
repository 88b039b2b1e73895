"""What a clock tells in the thread of its ticket: who is meant, what is owed, and how the ticket stands."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from bot.views.parts import mrkdwn, section
from bot.views.sla_notice import sla_notice
from sla.calendar import ALWAYS_OPEN
from sla.clock import Clock, Kind, Moment, What, start
from sla.target import Target
from tests.bot.cards import NOON
from tests.bot.views.hostile import NASTY, valid_message
from tests.playbooks import LIFECYCLE
from ticketing.playbook.actions import HandToTeam, SetPriority
from ticketing.playbook.sla_policy import Audience, Notify
from ticketing.sla.shown import Colleague, ToldPlace
from ticketing.tickets.events import SlaTold
from ticketing.triage.suggestion import Priority

HOUR = timedelta(hours=1)
MIA, BEN, SARA = Colleague("Mia", "U1"), Colleague("Ben", "U2"), Colleague("Sara", "U3", supervises=True)


def a_clock(kind: Kind = Kind.RESOLUTION) -> Clock:
    """Due four hours after noon."""
    clock = start(kind, Moment(What.STARTED, NOON, target=Target(4 * HOUR, "always")), {"always": ALWAYS_OPEN})
    assert clock is not None
    return clock


def a_place(**changes: Any) -> ToldPlace:
    plain = ToldPlace(
        number=17,
        subject="Broken mug",
        customer="Karl",
        tier="VIP",
        priority=Priority.HIGH,
        status=LIFECYCLE.status("in_progress"),
        channel="C1",
        ts="1.1",
        assignee=MIA,
        team="Support",
        members=(BEN, MIA, SARA),
        clock=a_clock(),
        left=HOUR,
    )
    return replace(plain, **changes)


def said(event: str, place: ToldPlace, *, after: timedelta, late: timedelta = timedelta()) -> str:
    """Told so long after noon; `late`: it came due so long before."""
    told = SlaTold(ticket_id=UUID(int=1), clock="resolution", event=event, due=NOON + after - late, at=NOON)
    assert place.clock is not None
    words = sla_notice(place, place.clock, told, NOON + after)
    valid_message([section(mrkdwn(words))])
    return words


def test_a_warning_mentions_the_assignee_and_says_what_is_owed_by_when() -> None:
    first, second = said("warning", a_place(), after=3 * HOUR).split("\n")
    assert first.startswith("⚠️ <@U1>: resolution on *#17* Broken mug is due <!date^")
    assert first.endswith("|2026-11-23 16:00 UTC>, in 1 h of open time")
    assert second == "Karl, VIP · 🟠 High · ▶️ In progress"


def test_a_breach_says_for_how_long_and_names_everybody_once() -> None:
    steps = (Notify((Audience.ASSIGNEE, Audience.SUPERVISOR, Audience.TEAM)), SetPriority(Priority.HIGH))
    place = a_place(actions=steps, left=timedelta(minutes=-25))
    first, second = said("breached", place, after=4 * HOUR + timedelta(minutes=25)).split("\n")
    assert first.startswith("🔴 <@U1>, <@U3>, team Support, <@U2>: resolution on *#17* Broken mug was due <!date^")
    assert ", 25 min of open time ago" in first
    assert "raised to 🟠 High" in second


def test_one_that_is_told_late_says_how_late() -> None:
    words = said("warning", a_place(), after=3 * HOUR, late=timedelta(minutes=12))
    assert ". Told 12 min late: it came up <!date^" in words
    assert "late" not in said("warning", a_place(), after=3 * HOUR, late=timedelta(seconds=5))


def test_where_nobody_has_it_the_supervisors_of_its_team_are_mentioned() -> None:
    assert "nobody has this yet, <@U3>: " in said("warning", a_place(assignee=None), after=3 * HOUR)


def test_a_step_tells_only_whom_it_names_and_says_if_there_is_none() -> None:
    steps = (Notify((Audience.SUPERVISOR,)),)
    assert said("step:90%", a_place(actions=steps), after=3 * HOUR).startswith("⚠️ <@U3>: ")
    alone = a_place(actions=steps, members=(MIA,))
    assert said("step:90%", alone, after=3 * HOUR).startswith("⚠️ no supervisor in team Support: ")


def test_a_ticket_that_a_step_handed_over_says_to_whom() -> None:
    steps = (Notify((Audience.TEAM,)), HandToTeam("support"))
    assert said("step:90%", a_place(actions=steps), after=3 * HOUR).endswith("handed to team Support")


def test_an_answer_that_is_owed_is_named() -> None:
    words = said("warning", a_place(clock=a_clock(Kind.FIRST_RESPONSE)), after=3 * HOUR)
    assert "first response on" in words
    assert "nobody has answered yet" in words


def test_a_large_team_is_not_named_to_the_last() -> None:
    crowd = tuple(Colleague(f"Agent {number}", f"U{number}") for number in range(60))
    words = said("step:90%", a_place(members=crowd, actions=(Notify((Audience.TEAM,)),)), after=3 * HOUR)
    assert words.count("<@") == 11
    assert ", and 49 more: " in words


@pytest.mark.parametrize("hostile", [NASTY, "@channel", NASTY * 80, "\x00 \u202e"])
def test_no_words_of_anybody_mention_anybody(hostile: str) -> None:
    nasty = Colleague(hostile, supervises=True)
    place = a_place(subject=hostile, customer=hostile, tier=hostile, team=hostile, assignee=nasty, members=(nasty,))
    words = said("breached", replace(place, actions=(Notify(tuple(Audience)),)), after=5 * HOUR)
    assert "<!channel>" not in words
    assert "<@" not in words
    assert "<http" not in words
