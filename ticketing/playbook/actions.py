"""What happens by itself when a ticket comes into a status or leaves it (SPEC 3.2)."""

from dataclasses import dataclass
from datetime import timedelta

from ticketing.triage.suggestion import Priority


@dataclass(frozen=True, slots=True)
class SetPriority:
    to: Priority


@dataclass(frozen=True, slots=True)
class HandToTeam:
    """The ticket becomes this team's, and nobody's in particular."""

    team: str  # its name


@dataclass(frozen=True, slots=True)
class AddTag:
    tag: str


@dataclass(frozen=True, slots=True)
class RemoveTag:
    tag: str


@dataclass(frozen=True, slots=True)
class SetDue:
    """A due date so long from now."""

    after: timedelta


@dataclass(frozen=True, slots=True)
class SendReply:
    """A saved reply goes to the customer."""

    reply: str  # its key


@dataclass(frozen=True, slots=True)
class OfferSolution:
    """A saved reply goes to the customer with two buttons: Accept and Not solved. Each is a transition by the customer.

    On a channel without buttons an unambiguous yes or no does the same.
    """

    reply: str  # its key
    accepted: str  # the status that Accept leads to
    declined: str  # the status that Not solved leads to


@dataclass(frozen=True, slots=True)
class SendSurvey:
    """The customer is asked how we did, whatever the desk does otherwise when tickets are resolved."""


ToCustomer = SendReply | OfferSolution | SendSurvey
StageAction = SetPriority | HandToTeam | AddTag | RemoveTag | SetDue | SendReply | OfferSolution | SendSurvey
