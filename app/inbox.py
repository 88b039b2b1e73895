"""The gate through which providers' events come in, with the job that files each of them."""

from app.subscriptions import SUBSCRIPTIONS, job_name
from storage.inbox_gate import PATIENCE, InboxGate
from ticketing.tickets.events import EventStored
from web.ports import InboxUnavailable

# Nobody waits at a feed for our answer, and a mail of 50 MB over a slow line takes its time.
FEEDS_PATIENCE = 120.0  # seconds


async def open_gate(dsn: str, *, patience: float = PATIENCE) -> InboxGate:
    """For webhooks and feeds alike: whichever way an event comes, it is stored once. `close` it.

    `patience` is how many seconds the database has to store one.
    """
    filing = SUBSCRIPTIONS[EventStored][0]
    return await InboxGate.open(
        dsn,
        job=job_name(EventStored, filing),
        priority=filing.priority,
        unavailable=_unavailable,
        patience=patience,
    )


def _unavailable(error: Exception) -> Exception:
    """A database that is away, in the words of the hooks: the provider is asked to try again."""
    return InboxUnavailable(repr(error))
