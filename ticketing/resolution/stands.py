"""What follows from how things stand with a run: the same while it is only read, and while its ticket is held."""

from ticketing.conversations.conversation import Conversation
from ticketing.playbook.ai_policy import AiPolicy
from ticketing.playbook.playbook import Playbook
from ticketing.playbook.resolving import Autonomy, milder
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
    def reach(self) -> Autonomy:
        """How far the run may go by now. What is taken back, in the playbook, by hand or by what was measured, holds at
        once; beyond what it began at it never goes. Who sees the run, and who has its ticket, hangs on that alone.
        """
        return milder(self.run.autonomy, self.policy.in_force(self.ground.level))

    @property
    def in_the_way(self) -> str | None:
        """Why the run goes no further, in words; None: it may."""
        return taken_away(self.ticket, self.conversation, self.ground, self.policy, run=self.run)
