"""A mail server that answers at once, while our process has its hands full: no answer is missed."""

import asyncio
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

from connectors.email.config import EmailConfig, Mailbox, SmtpServer
from connectors.email.connector import EmailConnector
from tests.connectors.email.outgoing import OURS, SECRET, a_message

_MAILS = 10
_BUSY = 0.003  # seconds that other work takes in each turn of the loop: the server's answer is there before it is over


class TestAnswers:
    async def test_one_that_comes_before_anybody_waits_for_it_is_heard(self) -> None:
        with _prompt_server() as port, _much_to_do(asyncio.get_running_loop()):
            smtp = SmtpServer(host="127.0.0.1", port=port, tls="none", timeout=5.0)
            connector = EmailConnector(EmailConfig((Mailbox(OURS, "Shop", smtp=smtp),), SECRET))
            try:
                async with asyncio.timeout(10):
                    for _ in range(_MAILS):
                        await connector.send(a_message())
            finally:
                await connector.close()


@contextmanager
def _prompt_server() -> Iterator[int]:
    """In a thread: it answers while our loop does something else."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        thread = threading.Thread(target=_serve, args=(listening,), daemon=True)
        thread.start()
        yield listening.getsockname()[1]
    thread.join(5)


def _serve(listening: socket.socket) -> None:
    connection, _ = listening.accept()
    with connection, connection.makefile("rb") as lines:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(b"220 mx.example\r\n")
        mail = False
        for line in lines:
            if mail and line != b".\r\n":
                continue
            mail = line == b"DATA\r\n"
            connection.sendall(b"354 Go on\r\n" if mail else b"250 OK\r\n")


@contextmanager
def _much_to_do(loop: asyncio.AbstractEventLoop) -> Iterator[None]:
    """In each turn there is other work, as in a worker that runs a hundred jobs."""
    readable, writable = os.pipe()
    os.write(writable, b".")
    loop.add_reader(readable, loop.call_soon, time.sleep, _BUSY)
    try:
        yield
    finally:
        loop.remove_reader(readable)
        os.close(readable)
        os.close(writable)
