"""What a clock tells in the thread of its ticket: whom, about what, by when, and how the ticket stands."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.text import inline
from bot.views import words
from sla.clock import Clock, Kind
from sla.target import BREACHED, WARNING
from ticketing.playbook.actions import HandToTeam, SetPriority
from ticketing.playbook.sla_policy import Audience
from ticketing.sla.shown import Colleague, ToldPlace
from ticketing.tickets.events import SlaTold

_LATE = timedelta(seconds=30)  # from when on it is said that we are late
_MINUTE = timedelta(minutes=1)
_MOST = 12  # people who are named


def sla_notice(place: ToldPlace, clock: Clock, told: SlaTold, now: datetime) -> str:
    """Two lines of mrkdwn: what is owed by when, and how the ticket stands."""
    promise = f"{words.CLOCK[clock.kind].lower()} on *#{place.number}* {inline(place.subject, 120)}"
    head = f"{_whom(place, told.event)}: {promise}"
    if told.event == BREACHED or (clock.due_at is not None and clock.due_at <= now):
        was = clock.breached_at or clock.due_at or told.due
        over = -place.left if place.left is not None else timedelta()
        line = f"🔴 {head} was due {words.moment(was)}"
        line += f", {words.length(over)} of open time ago" if over >= _MINUTE else ""
    else:
        line = f"⚠️ {head} is due {words.moment(clock.due_at or told.due)}"
        line += f", in {words.length(place.left)} of open time" if place.left and place.left >= _MINUTE else ""
    if now - told.due >= _LATE:
        late = words.length(max(now - told.due, _MINUTE))
        line += f". Told {late} late: it came up {words.moment(told.due)}"
    return f"{line}\n{' · '.join(_facts(place, clock))}"


def _facts(place: ToldPlace, clock: Clock) -> Iterator[str]:
    """What somebody who comes to it now needs to know."""
    customer = inline(place.customer, 120) or "unknown customer"
    yield f"{customer}, {inline(place.tier, 60)}" if place.tier else customer
    raised = any(isinstance(each, SetPriority) and each.to is place.priority for each in place.actions)
    yield f"raised to {words.PRIORITY[place.priority]}" if raised else words.PRIORITY[place.priority]
    yield f"{words.sign(place.status)} {inline(place.status.label, 80)}"
    if clock.kind is Kind.FIRST_RESPONSE:
        yield "nobody has answered yet"
    if any(isinstance(each, HandToTeam) and each.team.lower() == place.team.lower() for each in place.actions):
        yield f"handed to team {inline(place.team, 120)}"


def _whom(place: ToldPlace, event: str) -> str:
    """Mentions those that it is for, each once: the assignee, and whom escalation steps name. Where nobody has it, a
    warning goes to the supervisors of its team.
    """
    audience = {*place.whom, *([Audience.ASSIGNEE] if event in (WARNING, BREACHED) else [])}
    supervisors = [each for each in place.members if each.supervises]
    named = []
    if Audience.ASSIGNEE in audience:
        named += [_name(place.assignee)] if place.assignee else ["nobody has this yet", *map(_name, supervisors)]
    if Audience.SUPERVISOR in audience:
        none = f"no supervisor in team {inline(place.team, 120)}"
        named += list(map(_name, supervisors)) or [none]
    if Audience.TEAM in audience:
        named += [f"team {inline(place.team, 120)}", *map(_name, place.members)]
    once = list(dict.fromkeys(named))
    more = [f"and {len(once) - _MOST} more"] if len(once) > _MOST else []
    return ", ".join([*once[:_MOST], *more])


def _name(colleague: Colleague) -> str:
    return f"<@{colleague.slack}>" if colleague.slack else inline(colleague.name, 120)
