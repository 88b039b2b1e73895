"""Who does something: a person of the desk, the customer, the AI, an automation, or the system itself."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from ticketing.people.person import Person


class ActorKind(StrEnum):
    AGENT = "agent"
    CUSTOMER = "customer"
    AI = "ai"
    AUTOMATION = "automation"  # a rule that a desk has set
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """`name` is the actor's name at this time: the record keeps it even if it changes later."""

    kind: ActorKind
    name: str
    id: UUID | None = None
    person: Person | None = None


AI = Actor(ActorKind.AI, "Threadline AI")
AUTOMATION = Actor(ActorKind.AUTOMATION, "Threadline")
SYSTEM = Actor(ActorKind.SYSTEM, "Threadline")


def person_acting(person: Person) -> Actor:
    """A person of the desk as an actor."""
    return Actor(ActorKind.AGENT, person.name, person.id, person)


def acting(person: Person | None) -> Actor:
    """Whoever asks: a person of the desk; without one, somebody at the command line."""
    return person_acting(person) if person else SYSTEM


def customer_acting(customer_id: UUID, name: str) -> Actor:
    """A customer as an actor. They are only ever the cause of a change, never its author in the desk."""
    return Actor(ActorKind.CUSTOMER, name, customer_id)
