"""What is wrong with a condition, as it is found."""

from dataclasses import dataclass, field

from ticketing.playbook.kinds import ANY, Kind


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, at which character of the condition (from 0)."""

    at: int
    message: str
    hint: str = ""


@dataclass
class Faults:
    """Found so far, in the order of finding."""

    found: list[Fault] = field(default_factory=list)

    def wrong(self, at: int, message: str, hint: str = "") -> Kind:
        """Add one. What is wrong can be anything: nothing more is said of what it is part of."""
        self.found.append(Fault(at, message, hint))
        return ANY
