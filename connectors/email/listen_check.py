"""Whether mail can be taken by SMTP: the certificate, and the address that the settings name."""

import asyncio
import socket
import ssl

from connectors.contract import Check
from connectors.email.config import Listener

_PATIENCE = 5.0  # seconds for a greeting


async def check_listener(listener: Listener) -> Check:
    """Looks at the port; where nobody listens yet, takes it for a moment. Loads the certificate."""
    if (problem := certificate_problem(listener)) is not None:
        return Check(problem, ok=False, todo="Check EMAIL_LISTEN_CERTIFICATE: it is read by the web process.")
    todo = "Check EMAIL_LISTEN: an address of this machine, and a port that nobody else has."
    try:
        greeting = await asyncio.wait_for(_greeting(listener), _PATIENCE)
    except (OSError, UnicodeError, TimeoutError):
        greeting = None
    if greeting is not None:
        ours = greeting.startswith(f"220 {listener.name} ")
        words = "mail is taken there" if ours else "another program answers there, so no mail is taken"
        return Check(f"{_address(listener)} (EMAIL_LISTEN): {words}.", ok=ours, todo=todo)
    try:
        await asyncio.to_thread(_take, listener)
    except (OSError, UnicodeError) as error:
        return Check(closed_because(listener, error), ok=False, todo=todo)
    return Check(f"{_address(listener)} (EMAIL_LISTEN) is free: the web process takes mail there.", ok=True)


def certificate_problem(listener: Listener) -> str | None:
    """Why nothing can be encrypted with it; None: it can be, or there is none."""
    if listener.certificate is None:
        return None
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(listener.certificate, listener.key)
    except ssl.SSLError:
        why = "it holds no certificate with its key, as PEM"
    except OSError as error:
        why = _reason(error)
    else:
        return None
    return f"No mail is taken: {listener.certificate} (EMAIL_LISTEN_CERTIFICATE) cannot be used: {why}."


def closed_because(listener: Listener, error: Exception) -> str:
    """Why the door did not open, after `error`."""
    at = f"No mail is taken at {_address(listener)} (EMAIL_LISTEN): {_reason(error)}."
    return certificate_problem(listener) or at


async def _greeting(listener: Listener) -> str:
    host = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}.get(listener.host, listener.host)  # noqa: S104
    reader, writer = await asyncio.open_connection(host, listener.port, limit=4096)
    try:
        return (await reader.read(200)).decode("ascii", "replace")
    finally:
        writer.close()


def _take(listener: Listener) -> None:
    family, kind, protocol, _, address = socket.getaddrinfo(
        listener.host or None, listener.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    with socket.socket(family, kind, protocol) as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(address)


def _address(listener: Listener) -> str:
    host = f"[{listener.host}]" if ":" in listener.host else listener.host
    return f"{host}:{listener.port}"


def _reason(error: Exception) -> str:
    """In the system's words, without where it came upon it."""
    words = (isinstance(error, OSError) and error.strerror) or str(error) or type(error).__name__
    return words.rpartition(": ")[2].lower()
