"""What follows from how things stand with a run: the same while it is only read, and while its ticket is held."""

from ticketing.conversations.conversation import Conversation
from ticketing.playbook.ai_policy import AiPolicy
from ticketing.playbook.playbook import Playbook
from ticketing.resolution.ground import Ground, taken_away
from ticketing.resolution.run import Run
from ticketing.tickets.ticket import Ticket


class Stands:
    """Of whatever has these."""

    __slots__ = ()

    run: Run
    ticket: Ticket
    conversation: Conversation
    playbook: Playbook
    ground: Ground

    @property
    def policy(self) -> AiPolicy:
        """What the playbook says of the AI and tickets of this type, now."""
        return self.playbook.type(self.ticket.type).ai

    @property
    def in_the_way(self) -> str | None:
        """Why the run goes no further, in words; None: it may."""
        return taken_away(self.ticket, self.conversation, self.ground, self.policy, run=self.run)
