"""The plain process that tests' desks follow, unless a test is about another one."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from storage.database import Session
from storage.playbooks import Playbooks
from ticketing.people.person import Role
from ticketing.playbook.ai_policy import AiPolicy, EscalationRule
from ticketing.playbook.approval_rules import ApprovalRule, Approvers, WhenExpired
from ticketing.playbook.conditions import Condition
from ticketing.playbook.expressions import parse
from ticketing.playbook.fields import Field, FieldKind
from ticketing.playbook.grants import DEFAULT_GRANTS, Grants
from ticketing.playbook.language import compile_playbook
from ticketing.playbook.lifecycle import Status, Transition
from ticketing.playbook.playbook import Playbook
from ticketing.playbook.shipped import CLOSED, IN_PROGRESS, LIFECYCLE, OPEN, REOPEN_WINDOW, RESOLVED, WAITING
from ticketing.playbook.shipped import PLAYBOOK as PLAIN
from ticketing.playbook.sla_policy import Audience, EscalationAction, Notify
from ticketing.playbook.timing import timings

VOCABULARY = PLAIN.vocabulary
_EXAMPLES = Path(__file__).resolve().parent.parent / "examples" / "playbooks"


@cache  # nobody changes one, and reading YAML takes longer than most tests
def a_playbook(text: str, *, version: int = 1) -> Playbook:
    """What this document says; it must be right."""
    compiled = compile_playbook(text, file="test.yaml", version=version)
    assert compiled.playbook is not None, compiled.problems
    return compiled.playbook


def example(name: str) -> Playbook:
    """One of `examples/playbooks/`: "retail"."""
    return a_playbook(text_of(name))


def text_of(name: str) -> str:
    """What that file says."""
    return (_EXAMPLES / f"{name}.yaml").read_text()


class InForce(Playbooks):
    """This playbook, whatever the database holds. `before`: those that were in force before it."""

    def __init__(self, playbook: Playbook, before: Playbooks | None = None) -> None:
        self.playbook = playbook
        self._before = before or Playbooks()

    async def current(self, session: Session) -> Playbook:
        return self.playbook

    async def numbered(self, session: Session, number: int) -> Playbook:
        return self.playbook if number == self.playbook.version else await self._before.numbered(session, number)


REFUND = ApprovalRule(
    key="refund_over_200",
    label="Refund over 200",
    approvers=Approvers(roles=frozenset({Role.SUPERVISOR, Role.ADMIN})),
    when=Condition("fields.refund_amount != null && fields.refund_amount > 200"),
    binds=("refund_amount", "order_number"),
    amount="refund_amount",
    expires=timedelta(days=2),
    then=WhenExpired.ASK_AGAIN,
)


def gated(*, by: Grants = DEFAULT_GRANTS, **changes: Any) -> Playbook:
    """The plain process, but no ticket goes from In progress to Resolved without this rule being asked."""
    rule = replace(REFUND, **changes)
    arrows = tuple(
        replace(each, approval=rule.key, by=by) if (each.origin, each.to) == (IN_PROGRESS, RESOLVED) else each
        for each in LIFECYCLE.transitions
    )
    fields = (
        Field("refund_amount", "Refund amount", FieldKind.MONEY, currency="USD"),
        Field("order_number", "Order number", FieldKind.TEXT),
    )
    return replace(
        PLAIN,
        version=7,
        types={key: replace(each, fields=tuple(field.key for field in fields)) for key, each in PLAIN.types.items()},
        lifecycles={LIFECYCLE.key: replace(LIFECYCLE, transitions=arrows)},
        fields={each.key: each for each in fields},
        approvals={rule.key: rule},
    )


def with_fields(*fields: Field, asked: dict[str, tuple[str, ...]] | None = None) -> Playbook:
    """The plain process whose tickets all have these fields. `asked`: what statuses require."""
    types = {key: replace(each, fields=tuple(field.key for field in fields)) for key, each in PLAIN.types.items()}
    statuses = tuple(replace(each, requires=(asked or {}).get(each.key, ())) for each in LIFECYCLE.statuses)
    lifecycles = {LIFECYCLE.key: replace(LIFECYCLE, statuses=statuses)}
    return replace(PLAIN, types=types, fields={field.key: field for field in fields}, lifecycles=lifecycles)


def with_transitions(
    playbook: Playbook, transitions: Iterable[Transition], statuses: Iterable[Status] = ()
) -> Playbook:
    """The same with other arrows, and these statuses instead of those of the same keys."""
    (lifecycle,) = playbook.lifecycles.values()
    others = {status.key: status for status in statuses}
    known = tuple(others.get(status.key, status) for status in lifecycle.statuses)
    changed = replace(lifecycle, transitions=tuple(transitions), statuses=known)
    return replace(playbook, lifecycles={lifecycle.key: changed})


__all__ = [
    "CLOSED",
    "IN_PROGRESS",
    "LIFECYCLE",
    "OPEN",
    "PLAIN",
    "REFUND",
    "REOPEN_WINDOW",
    "RESOLVED",
    "VOCABULARY",
    "WAITING",
    "InForce",
    "a_document",
    "a_playbook",
    "example",
    "gated",
    "text_of",
    "with_fields",
    "with_transitions",
]


def a_document(*statuses: str, name: str = "Small", kind: str = "general_query", was: str = "") -> str:
    """A playbook of one type and one lifecycle, in YAML. A status is "key category", every one leads to every other.

    `was`: of the last status, in YAML.
    """
    keys = [status.split()[0] for status in statuses]
    lines = [
        "language: 1",
        f"playbook: {name}",
        "categories: {other: Other}",
        "types:",
        f"  {kind}: {{label: Only one, lifecycle: only, categories: [other]}}",
        "lifecycles:",
        "  only:",
        "    label: Only",
        f"    created_in: {keys[0]}",
        "    statuses:",
    ]
    for at, status in enumerate(statuses):
        key, category = status.split()
        earlier = f", was: {was}" if was and at == len(statuses) - 1 else ""
        lines.append(f"      {key}: {{label: {key.replace('_', ' ').capitalize()}, category: {category}{earlier}}}")
    lines.append("    transitions:")
    lines += [f"      - {{from: {key}, to: [{', '.join(k for k in keys if k != key)}]}}" for key in keys]
    return "\n".join(lines) + "\n"


PROMISES = """
calendars:
  office:
    zone: Europe/Lisbon
    hours: {mon-fri: '09:00-13:00, 14:00-18:00'}
  always:
    zone: UTC
sla:
  standard:
    label: Standard
    calendar: CALENDAR
    first_response: {urgent: 30m, high: 1h, normal: 4h, low: 8h}
    resolution: {urgent: 4h, high: 8h, normal: 24h, low: 40h}
    tiers:
      vip:
        first_response: {normal: 1h}
    escalation:
      - {clock: resolution, before: 1h, notify: [assignee, supervisor]}
      - {clock: resolution, after: 2h, set_priority: urgent}
"""


def a_rule(
    when: str, because: str = "it does not get on", *actions: EscalationAction, notify: Iterable[str] = ()
) -> EscalationRule:
    """One that hands tickets to people."""
    whom = (Notify(tuple(map(Audience, notify))),) if notify else ()
    return EscalationRule(when, Condition(when), because, (*whom, *actions), tuple(timings(parse(when))))


def escalating(*rules: EscalationRule, playbook: Playbook = PLAIN) -> Playbook:
    """Every type hands its tickets to people by these rules."""
    types = {key: replace(each, ai=AiPolicy(rules)) for key, each in playbook.types.items()}
    return replace(playbook, types=types)


def promising(calendar: str = "office", *, version: int = 3) -> Playbook:
    """The plain process, and every type is held to the policy of PROMISES."""
    text = a_document("open open", "closed closed") + PROMISES.replace("CALENDAR", calendar)
    written = a_playbook(text, version=version)
    types = {key: replace(each, sla="standard") for key, each in PLAIN.types.items()}
    lifecycles = {key: replace(each, version=version) for key, each in PLAIN.lifecycles.items()}
    return replace(
        PLAIN,
        version=version,
        types=types,
        lifecycles=lifecycles,
        calendars=written.calendars,
        policies=written.policies,
    )
