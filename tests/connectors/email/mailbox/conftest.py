"""Feeds that follow the test's own mailbox on the real server."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from connectors.email.mailbox import MailboxFeed
from tests.connectors.email.dovecot import DovecotMailbox
from tests.connectors.email.mailbox.following import ADDRESS, Following, Open


@pytest.fixture
async def opened(box: DovecotMailbox) -> AsyncIterator[Open]:
    """Follows `box`; with `changed`, a server that is reached in another way."""
    feeds: list[MailboxFeed] = []

    def open_feed(folder: str = "INBOX", largest: int = 2**20, longest: float = 60.0, **changed: Any) -> Following:
        server = box.server(**changed)
        feeds.append(MailboxFeed(ADDRESS, server, folder, largest=largest, longest=longest))
        return Following(feeds[-1])

    yield open_feed
    for feed in feeds:
        feed.close()
