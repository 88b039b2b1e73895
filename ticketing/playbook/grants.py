"""Who may use a transition: what `by:` says in a playbook."""

from dataclasses import dataclass
from enum import StrEnum


class Grant(StrEnum):
    """A kind of actor, as a playbook names it."""

    AGENT = "agent"  # anybody of the desk
    ASSIGNEE = "assignee"
    SUPERVISOR = "supervisor"  # of the ticket's team
    ADMIN = "admin"
    AI = "ai"
    CUSTOMER = "customer"
    AUTOMATION = "automation"  # rules of the desk, and the clock


@dataclass(frozen=True, slots=True)
class Grants:
    """Admins may always. `teams` are names of teams whose people may, whatever their role."""

    kinds: frozenset[Grant]
    teams: frozenset[str] = frozenset()


# SPEC 2.7: the assignee or an admin; supervisors have admin rights over the tickets of their own teams.
DEFAULT_GRANTS = Grants(frozenset({Grant.ASSIGNEE, Grant.SUPERVISOR, Grant.ADMIN}))
