"""What people were told by themselves: each thing once."""

import json
from collections import Counter

from chaos.books.books import Books
from emulators.slack import Workspace


def balance_direct_messages(books: Books, slack: Workspace) -> None:
    told = Counter(
        (channel.id, json.dumps(message["metadata"], sort_keys=True))
        for channel in slack.channels.values()
        if channel.is_im
        for message in channel.messages.values()
        if message.get("metadata")
    )
    books.note("direct messages", told.total())
    books.none("direct messages that somebody got twice", [f"{key}: {n}" for key, n in told.items() if n > 1])
