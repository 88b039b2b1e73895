"""Clocks for tickets that are older than what is promised: their past, as far as clocks look at it (pure)."""

from collections.abc import Sequence

from ticketing.activity.record import Value
from ticketing.people.actor import ActorKind
from ticketing.playbook.lifecycle import Lifecycle
from ticketing.playbook.playbook import Playbook
from ticketing.sla.history import PAUSED, RUNNING, STOPPED, Happening, is_answer
from ticketing.tickets.ticket import Ticket


def past_of(ticket: Ticket, happened: Sequence[Happening], playbook: Playbook) -> dict[str, Value]:
    """What a record of the promise has to say of the time before it: since when the clocks have run, when they paused
    and stopped, when somebody first answered. Statuses mean what they mean in this playbook.
    """
    rules, policy = playbook.lifecycle(ticket.type), playbook.policies.get(playbook.type(ticket.type).sla or "")
    phases, last = [], RUNNING
    for each in happened:
        phase = _phase(each, rules)
        if phase is not None and phase != last:
            phases.append(f"{each.at.isoformat()} {phase}")
            last = phase
    who = {ActorKind.AGENT, ActorKind.AI} if policy is None or policy.ai_responds else {ActorKind.AGENT}
    answered = next((each.at for each in happened if is_answer(each) and each.actor in who), None)
    found: dict[str, Value] = {"since": ticket.created_at.isoformat(), "phases": phases}
    return found | ({"responded": answered.isoformat()} if answered else {})


def _phase(what: Happening, rules: Lifecycle) -> str | None:
    status = what.after.get("status")
    if not isinstance(status, str) or what.kind == "status.skipped" or not rules.understands(status):
        return None
    found = rules.status(status)
    if not found.category.is_live:
        return STOPPED
    return PAUSED if found.sla_paused else RUNNING
