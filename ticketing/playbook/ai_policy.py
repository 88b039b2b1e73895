"""What a type's tickets have to do with the AI: as the playbook says it (SPEC 7.6)."""

from dataclasses import dataclass

from ticketing.playbook.conditions import Condition
from ticketing.playbook.sla_policy import EscalationAction


@dataclass(frozen=True, slots=True)
class EscalationRule:
    """When a ticket is handed to people. `key`: what it is known by for good, whatever its words become."""

    key: str
    when: Condition
    because: str  # for people
    actions: tuple[EscalationAction, ...] = ()


@dataclass(frozen=True, slots=True)
class AiPolicy:
    """Of one type."""

    escalate: tuple[EscalationRule, ...] = ()


NO_AI = AiPolicy()
