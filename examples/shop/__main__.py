"""`python -m examples.shop`: the shop on a port of this machine, until it is told to stop."""

import argparse
import os
import socket
import sys
import threading
from datetime import datetime
from pathlib import Path

import uvicorn

from examples.shop.api import application
from examples.shop.seed import HERE, read
from examples.shop.shop import Shop


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m examples.shop", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free port; the first line printed says which")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on")
    parser.add_argument("--key", default=os.environ.get("SHOP_API_KEY"), help="the API key (or SHOP_API_KEY)")
    parser.add_argument("--now", type=datetime.fromisoformat, help="open at this instant: 2026-11-24T09:00:00Z")
    parser.add_argument("--seed", type=Path, default=HERE, help="the file of what it knows")
    parser.add_argument("--lifeline", action="store_true", help="end when standard input ends")
    return parser.parse_args()


def main() -> int:
    arguments = _arguments()
    if arguments.now is not None and arguments.now.tzinfo is None:
        sys.stderr.write("--now needs a zone: 2026-11-24T09:00:00Z\n")
        return 2
    shop = Shop(key=arguments.key, seed=read(arguments.seed), now=arguments.now)
    listening = socket.create_server((arguments.host, arguments.port))
    port = listening.getsockname()[1]
    # Whoever starts it reads the port and a key that was made up from here.
    secret = "" if arguments.key else f", API key {shop.key}"
    sys.stdout.write(f"The shop is open on http://{arguments.host}:{port}{secret}\n")
    sys.stdout.flush()
    config = uvicorn.Config(
        application(shop, host=arguments.host), log_level="warning", access_log=False, timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    if arguments.lifeline:
        threading.Thread(target=_watch_lifeline, args=[server], daemon=True).start()
    server.run(sockets=[listening])
    return 0


def _watch_lifeline(server: uvicorn.Server) -> None:
    """Whoever started it is gone, even if they were killed."""
    while os.read(0, 4096):
        pass
    server.should_exit = True


if __name__ == "__main__":
    sys.exit(main())
