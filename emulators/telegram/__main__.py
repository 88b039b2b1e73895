"""`python -m emulators.telegram`: one bot on a port, driven through `/_emulator`, until it is told to stop."""

import argparse
import asyncio
import signal

from emulators.telegram.account import BotAccount
from emulators.telegram.serving import running


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m emulators.telegram", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free port; the first line printed says which")
    parser.add_argument("--token")
    parser.add_argument("--username", default="threadline_bot")
    parser.add_argument("--no-limits", action="store_true", help="never answer 429 on its own")
    return parser.parse_args()


async def _serve(arguments: argparse.Namespace) -> None:
    bot = BotAccount(token=arguments.token, username=arguments.username, limits=not arguments.no_limits)
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    async with running(bot, port=arguments.port):
        print(f"Telegram emulator on {bot.url}, token {bot.token}", flush=True)
        await stop.wait()


if __name__ == "__main__":
    asyncio.run(_serve(_arguments()))
