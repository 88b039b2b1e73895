"""What a type's tickets have to do with the AI: as the playbook says it (SPEC 7.4, 7.6)."""

from dataclasses import dataclass

from ticketing.playbook.conditions import Condition
from ticketing.playbook.resolving import USUAL, Autonomy, Budget, Earning, milder
from ticketing.playbook.sla_policy import Audience, EscalationAction, Notify
from ticketing.playbook.timing import Timing


@dataclass(frozen=True, slots=True)
class EscalationRule:
    """When a ticket is handed to people. `key`: what it is known by for good, whatever its words become."""

    key: str
    when: Condition
    because: str  # for people
    actions: tuple[EscalationAction, ...] = ()
    timings: tuple[Timing, ...] = ()  # what its condition says of time

    @property
    def whom(self) -> frozenset[Audience]:
        """Whom it tells."""
        return frozenset(who for each in self.actions if isinstance(each, Notify) for who in each.whom)


@dataclass(frozen=True, slots=True)
class AiPolicy:
    """Of one type.

    `confidence`: below it, of what triage understood, a person takes it. `begins`: the status it puts a ticket in when
    it begins to work on it. `confirm`: the approval that `act_with_approval` asks for where policy asks for none.
    `hands_over`: the saved reply that says that a person takes it from here. `autonomy` is the most it may do;
    `earns`: by what it comes there; None: it is there at once.
    """

    escalate: tuple[EscalationRule, ...] = ()
    autonomy: Autonomy = Autonomy.OFF
    confidence: float = 0.0  # 0 to 1
    recipes: tuple[str, ...] = ()
    begins: str | None = None
    confirm: str | None = None
    hands_over: str | None = None
    budget: Budget = USUAL
    earns: Earning | None = None

    def in_force(self, level: Autonomy | None) -> Autonomy:
        """How far the AI goes now. `level`: where it was moved last; None: it never was."""
        start = self.earns.start if self.earns is not None else self.autonomy
        return milder(self.autonomy, level or start)


NO_AI = AiPolicy()
