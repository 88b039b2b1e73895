"""Examples of what work on a ticket shows and asks: approvals, fields, status, templates, lists, cards that moved.

With `tests/bot/render_examples.py` they are every view and message: full, empty, and as long as Slack bears.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, timedelta
from typing import Any
from uuid import UUID

from bot.views.approval_entry import approval_entry, outcome_entry
from bot.views.approval_modal import ask_modal, reject_modal
from bot.views.at_risk import MOST, at_risk_view
from bot.views.delegate_modal import delegate_modal
from bot.views.fields_modal import fields_modal
from bot.views.merge_modal import customer_options
from bot.views.moved_card import moved_card
from bot.views.status_modal import status_modal
from bot.views.template_modal import template_modal
from bot.wire import Json
from sla.clock import Kind, State
from tests.bot.cards import NOON, a_card, a_light_card, a_waiting
from tests.bot.views.hostile import NASTY
from tests.bot.views.test_field_inputs import FIELDS, FILE, VALUES
from tests.factories import a_template, a_ticket
from tests.playbooks import LIFECYCLE
from ticketing.approvals.approval import Approval, ApprovalState, Decision, Purpose, Verdict
from ticketing.approvals.delegate import StandIn
from ticketing.approvals.shown import ShownApproval
from ticketing.customers.profile import CustomerLine
from ticketing.fields.form import FieldForm
from ticketing.fields.provenance import FieldSource
from ticketing.people.actor import ActorKind
from ticketing.playbook.lifecycle import Status
from ticketing.sla.shown import AtRisk, ShownClock
from ticketing.tickets.card import Owner, TicketCard
from ticketing.tickets.status_form import StatusForm
from ticketing.triage.suggestion import Priority

SITE = "https://acme.slack.com/"
LONG = NASTY * 40
_PLAIN = ShownApproval(
    id=UUID(int=40),
    label="Refund over 200",
    purpose="In progress → Resolved",
    amount="250.00 USD",
    evidence=(("Order", "78932"), ("Outcome", "Refund")),
    why="The mug arrived broken; there is a photo.",
    requester="Mia",
    requested_at=NOON,
    who="a supervisor of its team or an admin",
    quorum=1,
    decisions=(),
    state=ApprovalState.WAITING,
    because=None,
    settled_at=None,
    expires_at=NOON + timedelta(days=1),
    repeated=False,
    escalated=False,
    followed=False,
    now="In progress",
    last_words="When do I get my money back?",
)
_YES = Decision(UUID(int=40), UUID(int=41), "Sara", UUID(int=41), None, Verdict.APPROVE, "", NOON)
_FOR_HER = replace(_YES, name="Ben", on_behalf_of="Sara *S*", verdict=Verdict.REJECT, reason="No photo. " * 200)


def approvals() -> Iterator[tuple[str, ShownApproval]]:
    """Requests in every state, by name."""
    yield "waiting", _PLAIN
    yield "bare", replace(_PLAIN, amount=None, evidence=(), why="", expires_at=None, last_words=None)
    some = tuple((f"Field {n} {LONG}", f"Value {n} {LONG}") for n in range(25))
    everything: dict[str, Any] = {"label": LONG, "purpose": LONG, "amount": LONG, "why": LONG, "requester": LONG}
    asked = tuple(f"U{n}" for n in range(60))
    everything |= {"who": LONG, "now": LONG, "last_words": LONG, "evidence": some, "asked": asked}
    longest = replace(_PLAIN, **everything, quorum=20, repeated=True, escalated=True)
    yield "longest", longest
    yield "half_agreed", replace(_PLAIN, quorum=2, decisions=(_YES,))
    settled: dict[str, Any] = {"settled_at": NOON, "decisions": (_YES,)}
    yield "approved", replace(_PLAIN, state=ApprovalState.APPROVED, because="The ticket has no order.", **settled)
    yield "used", replace(_PLAIN, state=ApprovalState.USED, followed=True, **settled)
    yield "rejected", replace(_PLAIN, state=ApprovalState.REJECTED, settled_at=NOON, decisions=(_YES, _FOR_HER))
    for state in (ApprovalState.EXPIRED, ApprovalState.VOID):
        yield state, replace(_PLAIN, state=state, settled_at=NOON, because="The ticket was closed.")
    yield (
        "longest_rejected",
        replace(longest, state=ApprovalState.REJECTED, decisions=(*[_YES] * 19, _FOR_HER), because=LONG),
    )


def _risks(number: int, words: str) -> list[AtRisk]:
    late = (ShownClock(Kind.FIRST_RESPONSE, State.BREACHED, NOON), ShownClock(Kind.RESOLUTION, State.AT_RISK, NOON))
    ts = "1795348800.000200"
    return [AtRisk(n, words, Priority.URGENT, words, words, "C1", ts, late) for n in range(1, number + 1)]


def messages() -> Iterator[tuple[str, list[Json]]]:
    """The blocks of what is posted or told, by name."""
    for name, asked in approvals():
        yield f"approval_{name}", approval_entry(asked)[1]
        if asked.state is not ApprovalState.WAITING:
            yield f"outcome_{name}", outcome_entry(asked)[1]
    yield "at_risk_none", at_risk_view([])
    yield "at_risk_one", at_risk_view(_risks(1, "Karl"), SITE)
    for name, words in (("hostile", LONG), ("ampersands", "&" * 4000), ("emoji", "👨‍👩‍👧" * 400)):
        yield f"at_risk_many_{name}", at_risk_view(_risks(MOST + 1, words), SITE)
    for owner in Owner:
        yield f"moved_{owner}", moved_card(owner, "#12", "C0123456789")[1]
        yield f"moved_{owner}_longest", moved_card(owner, LONG, "C0123456789")[1]


def modals() -> Iterator[tuple[str, Json]]:
    """The forms, by name."""
    for name, words in (("plain", "Refund over 200"), ("longest", LONG)):
        yield f"reject_{name}", reject_modal(dict(approvals())["waiting" if name == "plain" else name])
        yield f"ask_{name}", ask_modal(an_approval(words))
    yield "delegate_none", delegate_modal(None, last_day=NOON.date(), zone=UTC)
    yield "delegate_longest", delegate_modal(StandIn(LONG, NOON), last_day=NOON.date(), zone=UTC)
    yield from _templates()
    yield from _statuses()
    for name, values in (("empty", {}), ("full", VALUES)):
        form = FieldForm(a_ticket(fields=values), FIELDS, (), _SOURCES if values else {})
        yield f"fields_{name}", fields_modal(a_card(subject=LONG), form, [FILE])
    yield "fields_none", fields_modal(a_card(), FieldForm(a_ticket(), (), (), {}))


_SOURCES = {
    "order": FieldSource("order", "entity", NOON, value="ABC"),
    "number": FieldSource("number", "entity", NOON, value="1.234", stale_since=NOON),
}


def an_approval(label: str) -> Approval:
    return Approval(
        id=UUID(int=40),
        ticket_id=UUID(int=12),
        rule="refund",
        label=label,
        purpose=Purpose("in_progress", NOON, "resolved"),
        requested_by=UUID(int=41),
        requester_kind=ActorKind.AGENT,
        requester="Mia",
        requested_at=NOON,
        why="Broken.",
        note="",
        amount="250.00 USD",
        evidence={},
        fingerprint="f",
        playbook=1,
        quorum=1,
        asked=(),
        expires_at=None,
    )


def _templates() -> Iterator[tuple[str, Json]]:
    longest = " ".join(f"{'word ' * 30}{{{{{n}}}}} {NASTY}" for n in range(1, 30))
    offered = [a_template(id=UUID(int=n), name=f"Template {n} {LONG}"[:400]) for n in range(1, 130)]
    bodies = {"plain": "About your order: {{1}}", "without_variables": "Please write to us.", "longest": longest}
    cards: dict[str, Any] = {"ticket": a_card(customer=NASTY), "conversation": a_light_card(customer="")}
    for whose, card in cards.items():
        yield f"template_of_{whose}_unchosen", template_modal(card, offered, seen=NOON)
        for name, body in bodies.items():
            one = a_template(body, id=UUID(int=500))
            typed = dict.fromkeys(one.variables, LONG[:900])
            yield f"template_of_{whose}_{name}", template_modal(card, [one], seen=NOON, chosen=one.id)
            filled = template_modal(card, [one], seen=NOON, chosen=one.id, typed=typed)
            yield f"template_of_{whose}_{name}_filled", filled


def _statuses() -> Iterator[tuple[str, Json]]:
    following: tuple[Status, ...] = tuple(LIFECYCLE.following("open"))
    card: TicketCard = a_card(waiting=a_waiting(), subject=LONG)
    to = following[0].key
    bare = StatusForm(to, (), {}, note=False)
    forms = {
        "nothing": bare,
        "note": replace(bare, note=True),
        "fields": replace(bare, fields=FIELDS, note=True, telling=frozenset({"order"})),
        "fields_filled": replace(bare, fields=FIELDS, values=VALUES),
        "approval": replace(bare, approval=LONG, fields=FIELDS),
        "waiting": replace(bare, approval="Refund over 200", waiting=True),
    }
    for name, form in forms.items():
        yield f"status_asks_{name}", status_modal(card, following, form=form, files=[FILE])


def offers() -> Iterator[tuple[str, list[Json]]]:
    """What menus with a search offer, by name."""
    addresses = ("whatsapp:+4915112345678", "telegram:123456")
    yield "nobody", customer_options([])
    yield (
        "many",
        customer_options([CustomerLine(UUID(int=n), LONG[:400], None, addresses, NOON) for n in range(1, 120)]),
    )
