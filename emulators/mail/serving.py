"""Puts a mail server on a port of this machine."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from emulators.mail.server import MailServer
from emulators.mail.session import MailSession


@asynccontextmanager
async def running(
    server: MailServer, *, port: int = 0, tls: ssl.SSLContext | None = None, at_once: bool = False
) -> AsyncIterator[MailServer]:
    """Serve it on 127.0.0.1 within the block; `server.port` says where.

    With `tls` it offers STARTTLS, or speaks TLS from the first byte where that is `at_once`.
    """
    loop = asyncio.get_running_loop()

    def session() -> MailSession:
        return MailSession(
            server,
            hostname="mx.emulator",
            ident="ESMTP",
            data_size_limit=server.largest,
            enable_SMTPUTF8=server.international,
            tls_context=None if at_once else tls,
            loop=loop,
        )

    listening = await loop.create_server(session, server.host, port, ssl=tls if at_once else None)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        server.hang_up()
        await listening.wait_closed()
        await server.close()
