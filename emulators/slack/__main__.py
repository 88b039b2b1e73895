"""`python -m emulators.slack`: the emulator in a process of its own, furnished over `/_emulator/…`.

Prints one line, `listening on http://…`, once it accepts connections; ends on SIGINT or SIGTERM.
"""

import argparse
import asyncio
import signal
import sys

import uvicorn

from emulators.slack.workspace import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, Workspace


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m emulators.slack", description="Slack on localhost, in memory.")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--events-url", help="the app's URL for events, interactions and commands")
    parser.add_argument("--signing-secret", default=SIGNING_SECRET)
    parser.add_argument("--bot-token", default=BOT_TOKEN)
    parser.add_argument("--app-token", default=APP_TOKEN)
    parser.add_argument("--no-limits", action="store_true", help="no rate limits")
    parser.add_argument("--no-echoes", action="store_true", help="no events about the app's own posts")
    return parser.parse_args()


async def _run(options: argparse.Namespace) -> None:
    workspace = Workspace(
        events_url=options.events_url,
        signing_secret=options.signing_secret,
        bot_token=options.bot_token,
        app_token=options.app_token,
        limits=not options.no_limits,
        echoes=not options.no_echoes,
    )
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with workspace.serve(port=options.port) as served:
        sys.stdout.write(f"listening on {served.url}\n")
        sys.stdout.flush()
        await stopped.wait()


def main() -> None:
    # uvicorn knows which event loop is the fastest here.
    factory = uvicorn.Config("", log_config=None).get_loop_factory()
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(_run(_options()))


if __name__ == "__main__":
    main()
