"""A process that follows one mailbox until it is killed: python -m tests.connectors.email.mailbox.process DSN URL"""

import asyncio
import sys

from app.feeds import Follower
from app.inbox import open_gate
from connectors.email.mailbox import MailboxFeed
from connectors.email.server_urls import imap_server
from core.instants import utc_now
from storage.database import Database
from storage.feeds import SqlFeeds
from tests.connectors.email.mailbox.following import ADDRESS


async def follow(dsn: str, url: str) -> None:
    gate, database = await open_gate(dsn), Database(dsn, size=1)
    feed = MailboxFeed(ADDRESS, imap_server(url))
    await Follower(feed, gate, SqlFeeds(database), utc_now).run()


if __name__ == "__main__":
    asyncio.run(follow(*sys.argv[1:]))
