"""Who has to agree before something happens: what `approvals:` says in a playbook (SPEC 5.4)."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from ticketing.people.person import Role
from ticketing.playbook.conditions import Condition

_RANKS = (Role.AGENT, Role.SUPERVISOR, Role.ADMIN)


@dataclass(frozen=True, slots=True)
class Approvers:
    """Anybody who is one of these. A supervisor approves for the tickets of their own teams; never the requester."""

    roles: frozenset[Role] = frozenset()
    teams: frozenset[str] = frozenset()  # names
    people: frozenset[str] = frozenset()  # e-mail addresses, lower case


class WhenExpired(StrEnum):
    REJECT = "reject"
    ASK_AGAIN = "ask_again"  # the same approvers are told anew, once
    ESCALATE = "escalate"  # admins may decide, and are told


@dataclass(frozen=True, slots=True)
class ApprovalRule:
    key: str
    label: str  # what is asked for: "Refund over 200"
    approvers: Approvers
    when: Condition | None = None  # None: always. What cannot be answered needs the approval
    quorum: int = 1  # how many have to agree
    binds: tuple[str, ...] = ()  # fields that were agreed to: one changed, and the approval is void
    amount: str | None = None  # the field that says how much, for who decides
    currency: str | None = None  # … in
    expires: timedelta | None = None
    then: WhenExpired = WhenExpired.REJECT

    @property
    def strictness(self) -> tuple[int, int]:
        """The greater, the stricter: by the lowest role that may agree, then by how many have to. A team has agents in
        it; people who are named count above every role.
        """
        ranks = [_RANKS.index(each) for each in self.approvers.roles]
        ranks += [0] if self.approvers.teams else []
        return min(ranks, default=len(_RANKS)), self.quorum
