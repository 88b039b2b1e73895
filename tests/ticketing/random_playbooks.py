"""Playbooks that nobody thought of: any statuses, any arrows between them, granted to anybody."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import strategies as st

from ticketing.people.person import Role
from ticketing.playbook.approval_rules import ApprovalRule, Approvers
from ticketing.playbook.conditions import Condition
from ticketing.playbook.fields import Field, FieldKind
from ticketing.playbook.grants import Grant, Grants
from ticketing.playbook.lifecycle import Lifecycle, MovesOn, Status, StatusCategory, Transition
from ticketing.playbook.playbook import Playbook, TicketType

TEAMS = ("returns", "front desk")
CATEGORIES = {"damaged": "Damaged", "other": "Other"}
_KEYS = ("new", "looking", "asked", "proposed", "done", "over")

grants = st.builds(
    Grants,
    st.frozensets(st.sampled_from(list(Grant)), max_size=4),
    st.frozensets(st.sampled_from(TEAMS), max_size=1),
)


FIELDS = {
    "amount": Field("amount", "Amount", FieldKind.MONEY, currency="USD"),
    "reason": Field("reason", "Reason", FieldKind.TEXT),
}
MORE_THAN_TEN = Condition("fields.amount > 10.0")
BIG = ApprovalRule(
    "big", "A big refund", Approvers(frozenset({Role.ADMIN})), Condition("fields.amount > 200.0"), binds=("amount",)
)
_asked = st.lists(st.sampled_from(["reason", "note", "assignee"]), max_size=2, unique=True).map(tuple)


@st.composite
def lifecycles(draw: st.DrawFn, key: str, *, demanding: bool = False) -> Lifecycle:
    """Its statuses bear the same names in every lifecycle and mean something else in each. A demanding one asks for
    fields, conditions and approvals.
    """
    keys = draw(st.lists(st.sampled_from(_KEYS), min_size=2, max_size=len(_KEYS), unique=True))
    pairs = [(origin, to) for origin in keys for to in keys if origin != to]
    arrows = draw(st.lists(st.sampled_from(pairs), min_size=1, max_size=12, unique=True))
    statuses = tuple(draw(_statuses(each, [to for origin, to in arrows if origin == each])) for each in keys)
    transitions = tuple(Transition(origin, to, draw(grants)) for origin, to in arrows)
    if demanding:
        transitions = tuple(
            replace(
                each,
                requires=draw(_asked),
                when=draw(st.sampled_from([None, MORE_THAN_TEN])),
                approval=draw(st.sampled_from([None, BIG.key])),
            )
            for each in transitions
        )
        statuses = tuple(replace(each, requires=draw(_asked)) for each in statuses)
    created_in = tuple(draw(st.lists(st.sampled_from(keys), min_size=1, max_size=2, unique=True)))
    return Lifecycle(key, key.title(), statuses, transitions, created_in)


@st.composite
def _statuses(draw: st.DrawFn, key: str, following: list[str]) -> Status:
    somewhere = st.none() | st.sampled_from(following) if following else st.none()
    moves_on = draw(somewhere)
    return Status(
        key,
        key.title(),
        draw(st.sampled_from(list(StatusCategory))),
        when_answered=draw(somewhere),
        when_back=draw(somewhere),
        moves_on=MovesOn(timedelta(days=draw(st.integers(1, 9))), moves_on) if moves_on else None,
    )


@st.composite
def playbooks(draw: st.DrawFn, *, demanding: bool = False) -> Playbook:
    known = {key: draw(lifecycles(key, demanding=demanding)) for key in ("plain", "long")}
    types = {
        key: TicketType(key, key.title(), tuple(CATEGORIES), draw(st.sampled_from(list(known))), tuple(FIELDS))
        for key in ("return", "complaint", "general_query")
    }
    return Playbook(draw(st.integers(1, 99)), "random", types, CATEGORIES, known, FIELDS, {BIG.key: BIG})
