"""Tickets that are there already are watched for what another version of the playbook says of time.

What of it holds by now escalates nothing by that: nobody is called to a thousand tickets because words were changed. It
is asked when next something happens to the ticket.
"""

from collections.abc import Sequence
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


async def watch_all(version: int, after: int, *, start: StartWork, clock: Clock, together: int = MOST) -> int:
    """Watch every live ticket behind number `after` by the playbook in force; how many are watched otherwise now.

    Begun by `version`. Killed anywhere, it is run again. One that fails keeps no other from its turn: what failed is
    raised in the end, as an ExceptionGroup. `together`: so many in one transaction.
    """
    changed, until, failed = 0, clock() + LONGEST, list[Exception]()
    most = together
    while clock() < until:
        tickets: Sequence[Ticket] = ()
        try:
            async with start() as uow:
                tickets = await uow.tickets.lock_live(after=after, most=most)
                done = [await _watch(ticket, uow, clock()) for ticket in tickets]
        except Exception as error:
            if not tickets:
                raise
            if most > 1:  # one by one it is found out whose it is
                most = 1
                continue
            failed.append(error)
        else:
            changed += sum(done)
        if len(tickets) < most:
            break
        after = tickets[-1].number
    else:
        async with start() as uow:
            uow.emit(EscalationsChanged(version=version, after=after, at=clock()))
    if failed:
        raise ExceptionGroup(f"{len(failed)} tickets could not be watched", failed)
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
