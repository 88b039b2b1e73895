"""The gate through which providers' events come in, with the job that files each of them."""

from app.subscriptions import SUBSCRIPTIONS, job_name
from storage.inbox_gate import InboxGate
from ticketing.tickets.events import EventStored
from web.ports import InboxUnavailable


async def open_gate(dsn: str) -> InboxGate:
    """For webhooks and feeds alike: whichever way an event comes, it is stored once. `close` it."""
    filing = SUBSCRIPTIONS[EventStored][0]
    return await InboxGate.open(
        dsn, job=job_name(EventStored, filing), priority=filing.priority, unavailable=_unavailable
    )


def _unavailable(error: Exception) -> Exception:
    """A database that is away, in the words of the hooks: the provider is asked to try again."""
    return InboxUnavailable(repr(error))
