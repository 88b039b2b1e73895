"""A program that uses the engine, as the tests' other process: `python -m tests.storage.embedded.program CHECKOUT`.

Says `ready DSN` once it may connect, then `stopped` after a line on its standard input. A signal ends it unprepared.
"""

import asyncio
import sys
from pathlib import Path

from storage.embedded import EmbeddedEngine

QUICK = {"fsync": "off", "shared_buffers": "16MB", "max_connections": "20"}


async def main() -> None:
    async with EmbeddedEngine(Path(sys.argv[1]), settings=QUICK) as engine:
        print("ready", engine.dsn(), flush=True)
        await asyncio.to_thread(sys.stdin.readline)
    print("stopped", flush=True)


if __name__ == "__main__":
    asyncio.run(main())
