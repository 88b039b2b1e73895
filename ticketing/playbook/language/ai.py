"""What a type says about the AI, as it is written: `ai` of a type, and all below it."""

from typing import Annotated

from pydantic import Field

from ticketing.playbook.language.written import Entry, Expression, Hint, Name, Names, Urgency


class Escalate(Entry):
    """When the AI hands a ticket to people, and whom it tells. Once a ticket, until somebody hands it back."""

    when: Expression = Field(description="a condition")
    because: Hint = Field(description="why, as people read it")
    priority: Urgency | None = Field(None, description="raises the ticket to this priority; never lowers it")
    hand_to_team: Name | None = Field(None, description="the ticket becomes this team's, and nobody's in particular")
    notify: Names = Field([], description="who is told: `assignee`, `team`, `supervisor`")


class TypeAi(Entry):
    """What the AI does about the tickets of a type, and when it leaves them to people."""

    escalate: Annotated[list[Escalate], Field(max_length=50)] = Field(
        [], description="when a ticket is handed to people, with all that they need to go on"
    )
