"""Tickets that are there already are watched for what another version of the playbook says of time.

What of it holds by now escalates nothing by that: nobody is called to a thousand tickets because words were changed. It
is asked when next something happens to the ticket.
"""

from datetime import datetime, timedelta

from core.instants import Clock
from ticketing.escalation.look_again import look_again
from ticketing.fields.give import look_for
from ticketing.fields.visibility import in_view
from ticketing.ports import StartWork, UnitOfWork
from ticketing.tickets.events import EscalationsChanged
from ticketing.tickets.ticket import Ticket

MOST = 50  # tickets in one transaction
LONGEST = timedelta(seconds=30)  # one run; the next one goes on where it stopped


async def watch_all(version: int, after: int, *, start: StartWork, clock: Clock) -> int:
    """Watch every live ticket behind number `after` by the playbook in force; how many are watched otherwise now.

    Begun by `version`. Killed anywhere, it is run again.
    """
    changed, until = 0, clock() + LONGEST
    while clock() < until:
        async with start() as uow:
            tickets = await uow.tickets.lock_live(after=after, most=MOST)
            for ticket in tickets:
                changed += await _watch(ticket, uow, clock())
        if len(tickets) < MOST:
            return changed
        after = tickets[-1].number
    async with start() as uow:
        uow.emit(EscalationsChanged(version=version, after=after, at=clock()))
    return changed


async def _watch(ticket: Ticket, uow: UnitOfWork, now: datetime) -> bool:
    playbook = await uow.playbook()
    rules = [rule for rule in playbook.type(ticket.type).ai.escalate if rule.timings]
    around = await look_for([rule.when for rule in rules], ticket, playbook, uow=uow)
    context = in_view(ticket, playbook, now=now, around=around).context
    look_at = look_again(rules, ticket, context, around, now)
    if look_at == (await uow.escalations.watched(ticket.id)).look_at:
        return False
    await uow.escalations.watch(ticket.id, look_at)
    return True
