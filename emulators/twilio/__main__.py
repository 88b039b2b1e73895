"""`python -m emulators.twilio`: one account on a port, driven through `/_emulator`, until it is told to stop."""

import argparse
import asyncio
import signal

from emulators.twilio.account import Account
from emulators.twilio.serving import running


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m emulators.twilio", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free port; the first line printed says which")
    parser.add_argument("--webhook-url", help="where customers' messages go; '#rc=3&rp=ct,rt,5xx' sets retries")
    parser.add_argument("--status-callback-url", help="for messages sent without a StatusCallback")
    parser.add_argument("--account-sid")
    parser.add_argument("--auth-token")
    parser.add_argument("--sender", action="append", help="a number of the desk, '+1…'; repeatable")
    parser.add_argument("--no-limits", action="store_true", help="never answer 429 on its own")
    return parser.parse_args()


async def _serve(arguments: argparse.Namespace) -> None:
    account = Account(
        account_sid=arguments.account_sid,
        auth_token=arguments.auth_token,
        webhook_url=arguments.webhook_url,
        status_callback_url=arguments.status_callback_url,
        limits=not arguments.no_limits,
        **({"senders": arguments.sender} if arguments.sender else {}),
    )
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    async with running(account, port=arguments.port):
        print(f"Twilio emulator on {account.url}, account {account.account_sid}", flush=True)
        await stop.wait()


if __name__ == "__main__":
    asyncio.run(_serve(_arguments()))
