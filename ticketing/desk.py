"""The desk: one door for Slack, web, API, AI and clock. Binds each use case to its ports and reads the clock once."""

from collections.abc import Sequence
from dataclasses import dataclass

from ticketing.answers.desk import Answering
from ticketing.approvals.desk import Approving
from ticketing.collaboration.desk import Teamwork
from ticketing.conversations.desk import Correspondence
from ticketing.customers.desk import CustomerCare
from ticketing.drafting.desk import Drafting
from ticketing.escalation.desk import Escalating
from ticketing.mails.desk import Mailroom
from ticketing.people.desk import Staffing
from ticketing.playbook.playbook import Playbook
from ticketing.resolution.desk import Resolving
from ticketing.templates.manage import Synced, choose_fallback, sync_templates
from ticketing.templates.template import Template
from ticketing.tickets.desk import TicketWork
from ticketing.triage.ports import Switch
from ticketing.triage.switch import ai_switch, switch_ai


@dataclass(frozen=True, slots=True)
class Desk(
    Correspondence,
    Mailroom,
    TicketWork,
    Teamwork,
    Approving,
    Resolving,
    CustomerCare,
    Staffing,
    Drafting,
    Answering,
    Escalating,
):
    """What people do. Every method is one transaction and raises leaves of Refused, with words for the person."""

    async def playbook(self) -> Playbook:
        """The process in force."""
        async with self.start() as uow:
            return await uow.playbook()

    async def templates(self, channel: str) -> Sequence[Template]:
        """What the provider knows, by name and language. Those that are gone, too."""
        async with self.start() as uow:
            return await uow.templates.of(channel)

    async def sync_templates(self, channel: str, found: Sequence[Template]) -> Synced:
        """The desk knows these from now on, which is all that the provider has."""
        return await sync_templates(channel, found, uow=self.start(), now=self.clock())

    async def choose_fallback(self, channel: str, name: str | None, language: str | None = None) -> Template | None:
        """Which template takes the words that the window does not let through. Raises NotFound, TemplateRefused."""
        return await choose_fallback(channel, name, language, uow=self.start())

    async def switch_ai(self, *, on: bool) -> bool:
        """False if it was so already."""
        return await switch_ai(on=on, uow=self.start(), now=self.clock())

    async def ai_switch(self) -> Switch:
        return await ai_switch(uow=self.start())
