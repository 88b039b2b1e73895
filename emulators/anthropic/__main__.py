"""`python -m emulators.anthropic`: an organization on a port, driven through `/_emulator`, until told to stop."""

import argparse
import asyncio
import signal

from emulators.anthropic.organization import Organization
from emulators.anthropic.serving import running


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m emulators.anthropic", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free port; the first line printed says which")
    parser.add_argument("--api-key", help="without it, one is made up and printed")
    return parser.parse_args()


async def _serve(arguments: argparse.Namespace) -> None:
    organization = Organization(api_key=arguments.api_key)
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    async with running(organization, port=arguments.port):
        print(f"Anthropic emulator on {organization.url}, key {organization.api_key}", flush=True)
        await stop.wait()


if __name__ == "__main__":
    asyncio.run(_serve(_arguments()))
