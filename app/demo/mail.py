"""E-mail in the demo: a provider with the customers' mailboxes, and the desk's own port for what they write."""

import secrets
from typing import Any

from app.travel import Travel
from emulators.loopback import free_port
from emulators.mail import MailServer, by_smtp

ADDRESS = "support@acme.example"
DESK = f"Acme Shop <{ADDRESS}>"
_PROVIDER = "mx.acme.example"  # says who is who: the customers' domains stand behind what they write


def mail_server(travel: Travel) -> MailServer:
    """The provider; not served yet."""
    return MailServer(authserv_id=_PROVIDER, clock=travel)


def mail_settings(server: MailServer) -> dict[str, Any]:
    """The desk's, which then gets from this server what is written to it, and sends through it."""
    port = free_port()
    server.bring(ADDRESS, by_smtp("127.0.0.1", port))
    return {
        "secret_key": secrets.token_hex(16),
        "email_address": DESK,
        "email_smtp_url": f"smtp://{server.host}:{server.port}",
        "email_listen": f"127.0.0.1:{port}",
        "email_relays": "127.0.0.1/32",
        "email_authserv_id": server.authserv_id,
    }
