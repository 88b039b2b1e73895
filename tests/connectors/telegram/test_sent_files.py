"""Files of any size arrive at Telegram whole, and are read piece by piece."""

from collections.abc import AsyncIterator

import pytest

from connectors.telegram import TelegramConfig, TelegramConnector
from core.ids import new_id
from core.messages import Outbound, OutboundFile
from emulators.telegram import BotAccount, running


@pytest.mark.parametrize("pieces", [1, 100], ids=["smaller than a buffer", "larger"])
async def test_a_file_arrives_as_it_is(pieces: int) -> None:
    piece = bytes(range(256)) * 20

    async def content() -> AsyncIterator[bytes]:
        for _ in range(pieces):
            yield piece

    async with running(BotAccount()) as bot:
        mia = bot.customer()
        mia.start()
        connector = TelegramConnector(TelegramConfig(bot.token, "https://desk.example.com", api_url=bot.url))
        file = OutboundFile(
            "log.bin", "application/octet-stream", len(piece) * pieces, "https://desk.example.com", content
        )
        await connector.send(Outbound(new_id(), str(bot.id), str(mia.id), "The log", file))
        await connector.close()
        (arrived,) = mia.inbox
    assert arrived.file is not None
    assert (arrived.text, arrived.file.name, arrived.file.read()) == ("The log", "log.bin", piece * pieces)
