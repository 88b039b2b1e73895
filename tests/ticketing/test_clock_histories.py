"""What the record of a ticket means to its first response, held against a second, naive reading of the same record."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from sla.clock import Kind, Moment, Phase, What, spent, state
from tests.examples import LONG, tried
from tests.playbooks import promising
from tests.sla.naive import MINUTE, NaiveClock
from ticketing.activity.record import Entry, Stream, Value
from ticketing.people.actor import ActorKind
from ticketing.sla.history import ClockHistory
from ticketing.triage.suggestion import Priority

PLAYBOOK = promising()
POLICY = PLAYBOOK.policies["standard"]
CALENDAR = PLAYBOOK.calendar_key("office")
MONDAY = datetime(2026, 11, 23, 11, 30, tzinfo=UTC)
TICKET = Stream("ticket", UUID(int=1))
KINDS = ("reply.written", "reply.written", "comment.added", "reply.withdrawn", "sla.set", "status.changed", "tag.added")

turns = st.lists(
    st.tuples(
        st.integers(0, 400),  # minutes after the one before
        st.sampled_from(KINDS),
        st.sampled_from([ActorKind.AGENT, ActorKind.AGENT, ActorKind.AI, ActorKind.CUSTOMER]),
        st.integers(0, 2),  # which reply, which priority
    ),
    max_size=9,
)


def record(turns_: list[tuple[int, str, ActorKind, int]]) -> list[Entry]:
    """Begins with a promise. Each reply has a message of its own; a withdrawal names one of them, or none that is."""
    empty = Entry(TICKET, 1, "sla.set", "system", None, "", MONDAY, {}, promised(Priority.NORMAL), "", "")
    entries, messages = [empty], [str(uuid4())]
    for minutes, kind, actor, which in turns_:
        after: dict[str, Value] = {}
        if kind == "reply.written":
            messages.append(str(uuid4()))
            after = {"message": messages[-1]} | ({"concerns": False} if which == 2 else {})
        elif kind == "reply.withdrawn":
            after = {"message": messages[-1 - which % len(messages)]}
        elif kind == "sla.set":
            after = promised(list(Priority)[which])
        elif kind == "status.changed":
            after = {"sla": ("running", "paused", "stopped")[which]}
        at = entries[-1].at + minutes * MINUTE
        entries.append(replace(empty, seq=len(entries) + 1, kind=kind, actor_kind=actor, at=at, after=after))
    return entries


def promised(priority: Priority) -> dict[str, Value]:
    return {"policy": "standard", "playbook": 3, "priority": priority.value, "tier": None, "calendar": CALENDAR}


def read_naively(entries: list[Entry]) -> list[Moment]:
    """Every promise, and the first record that answers or settles, leaving out what was ever withdrawn."""
    taken_back = [each.after["message"] for each in entries if each.kind == "reply.withdrawn"]
    moments: list[Moment] = []
    for entry in entries:
        if entry.kind == "sla.set":
            target = POLICY.target(Kind.FIRST_RESPONSE, Priority(str(entry.after["priority"])), None, calendar=CALENDAR)
            moments.append(Moment(What.RETARGETED if moments else What.STARTED, entry.at, target=target))
        answers = entry.kind in ("reply.written", "comment.added") and entry.actor_kind in ("agent", "ai")
        settles = entry.after.get("sla") == "stopped"
        answers = answers and "concerns" not in entry.after
        if settles or (answers and entry.after.get("message") not in taken_back):
            moments.append(Moment(What.STOPPED, entry.at))
    return moments


@tried(2_000 if LONG else 40)
@given(turns, st.integers(0, 600))
def test_what_was_withdrawn_never_answered_and_everything_else_did(
    told: list[tuple[int, str, ActorKind, int]], later: int
) -> None:
    entries = record(told)
    now = entries[-1].at + later * MINUTE
    level = ClockHistory(entries, {3: PLAYBOOK}, PLAYBOOK.calendars_by_key).level()
    assert level is not None
    clock = level.clocks[Kind.FIRST_RESPONSE]
    lived = NaiveClock(Kind.FIRST_RESPONSE, PLAYBOOK.calendars_by_key, MINUTE)
    lived.live(read_naively(entries), now + MINUTE)
    assert (clock.phase, clock.target) == (lived.phase, lived.target)
    assert state(clock, now + MINUTE) == lived.state(now + MINUTE)
    if clock.phase is Phase.RUNNING:
        assert spent(clock, now + MINUTE, PLAYBOOK.calendars_by_key) == lived.spent
    else:
        assert clock.spent == lived.spent


def test_the_only_answer_withdrawn_leaves_the_first_response_running() -> None:
    entries = record([(20, "reply.written", ActorKind.AGENT, 0), (0, "reply.withdrawn", ActorKind.AGENT, 0)])
    level = ClockHistory(entries, {3: PLAYBOOK}, PLAYBOOK.calendars_by_key).level()
    before = ClockHistory(entries[:2], {3: PLAYBOOK}, PLAYBOOK.calendars_by_key).level()
    assert level is not None
    assert before is not None
    assert before.clocks[Kind.FIRST_RESPONSE].met_at == MONDAY + timedelta(minutes=20)
    assert level.clocks[Kind.FIRST_RESPONSE].due_at == datetime(2026, 11, 23, 16, 30, tzinfo=UTC)
