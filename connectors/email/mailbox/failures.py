"""What went wrong with a mail server, in words for an admin and as the error that says what happens next."""

import re
import socket
import ssl

from imapclient.exceptions import (
    CapabilityError,
    IMAPClientAbortError,
    IMAPClientError,
    ProtocolError,
)

from core.errors import AccountRefused, ChannelError, ChannelUnavailable

_MOST_WORDS = 200  # letters of what a server says
# A login refused for now (RFC 5530), and in the words of servers that know no codes.
_FOR_NOW = re.compile(
    r"\[(UNAVAILABLE|INUSE|LIMIT|SERVERBUG)\]|too many|simultaneous|temporar|try (again )?later|rate limit",
    re.IGNORECASE,
)
_NO_FOLDER = re.compile(
    r"\[(NONEXISTENT|TRYCREATE|NOPERM|CANNOT)\]|n.t exist|not found|no such|unknown|denied", re.IGNORECASE
)


def trouble(error: Exception, at: str) -> ChannelUnavailable:
    """What went wrong while we talked with the server `at` ("imap.shop.example:993"). Nothing was taken."""
    return ChannelUnavailable(_words(error, at))


def refused_login(error: Exception, at: str, user: str) -> ChannelError:
    """Raised by whoever logs in: for now only, or until an admin does something."""
    said = _said(error)
    if isinstance(error, UnicodeError):
        return AccountRefused(f"{at} takes only plain letters in a password, and that of {user} has others.")
    # The library makes a refused login of whatever went wrong with one, a lost connection included.
    real = error.__context__ if isinstance(error.__context__, IMAPClientAbortError) else error
    if isinstance(real, OSError | IMAPClientAbortError) or _FOR_NOW.search(said):
        return trouble(real, at)
    return AccountRefused(
        f"{at} refused the login of {user}: {said}. Check the user and the password; many providers want one that is"
        " made for programs (an app password), or OAuth."
    )


def refused_folder(error: Exception, at: str, folder: str, address: str) -> ChannelError:
    """Raised by whoever opens a folder: there is none, or it is not to be had now (it is being made anew, say)."""
    if isinstance(error, IMAPClientAbortError) or not _NO_FOLDER.search(said := _said(error)):
        return trouble(error, at)
    return AccountRefused(
        f"The mailbox {address} has no folder {folder!r} that we may read: {said}. Make it, or name another."
    )


def _words(error: Exception, at: str) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return (
            f"The certificate of {at} is not trusted: {_clean(error.verify_message)}. Write the server by the name in"
            " its certificate; an authority of your own is named with ca=FILE."
        )
    if isinstance(error, TimeoutError):
        return f"{at} does not answer."
    if isinstance(error, ssl.SSLError):
        return f"{at} speaks no TLS that we understand ({_clean(error.reason or 'no reason')}). Is it the right port?"
    if isinstance(error, socket.gaierror):
        return f"There is no server at {at}: its name is not known ({_clean(error.strerror or 'no reason')})."
    if isinstance(error, ConnectionRefusedError):
        return f"Nobody listens at {at}."
    if isinstance(error, OSError):
        return f"The connection to {at} was lost ({_clean(error.strerror or type(error).__name__)})."
    if isinstance(error, CapabilityError):
        return f"{at} does not offer what was asked for: {_said(error)}."
    if isinstance(error, IMAPClientAbortError):
        return f"{at} ended the connection: {_said(error)}."
    if isinstance(error, IMAPClientError) and not isinstance(error, ProtocolError):
        return f"{at} refused: {_said(error)}."
    # Without its words: they quote what came, which may be a customer's mail.
    return f"{at} answered what cannot be understood ({type(error).__name__})."


def _said(error: Exception) -> str:
    """The server's words."""
    words = error.args[0] if error.args else ""
    return _clean(words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)).rstrip(".")


def _clean(words: str) -> str:
    """On one line, without what a terminal would obey, and not long."""
    plain = "".join(letter if letter.isprintable() else " " for letter in words)
    return " ".join(plain.split())[:_MOST_WORDS] or "no reason given"
