"""Servers written as one line: imaps://user:password@imap.shop.example?folder=INBOX&folder=Claims&first=30

| | encrypted | port |
|---|---|---|
| `imaps://` `smtps://` | at once | 993, 465 |
| `imap://…?starttls` `smtp://…?starttls` | by STARTTLS | 143, 587 |
| `imap://` `smtp://` | not: this machine only, or `?insecure` | 143, 25 |

Without a password, by OAuth: `?microsoft=TENANT&client_id=…&client_secret=…`, `?google&client_id=…&client_secret=…&
refresh_token=…`, or of anybody else `?token_url=https://…&client_id=…`, with `client_secret`, `refresh_token`, `scope`.

User and password are percent-encoded where they hold any of `@ : / ? # %`; an @ in the user's name may stand as it is.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, quote, unquote, urlsplit

from connectors.email.config import Encryption, First, ImapServer, OAuth, SmtpServer

_PORTS: Mapping[str, Mapping[Encryption, int]] = {
    "imap": {"tls": 993, "starttls": 143, "none": 143},
    "smtp": {"tls": 465, "starttls": 587, "none": 25},
}
_OAUTH = {"microsoft", "google", "token_url", "client_id", "client_secret", "refresh_token", "scope"}
_SHARED = {"starttls", "insecure", "ca", "timeout"} | _OAUTH
_MICROSOFT = "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token"
_MICROSOFT_SCOPE = "https://outlook.office365.com/.default"
_GOOGLE = "https://oauth2.googleapis.com/token"
_OPTION = re.compile(r"[a-z_]{1,20}")


@dataclass(frozen=True, slots=True)
class _Written:
    host: str
    port: int
    user: str
    password: str
    tls: Encryption
    options: Mapping[str, Sequence[str]]

    def last(self, option: str) -> str | None:
        return self.options[option][-1] if option in self.options else None

    @property
    def oauth(self) -> OAuth | None:
        tenant = self.last("microsoft")
        url, scope = self.last("token_url"), self.last("scope") or ""
        if tenant:
            url, scope = _MICROSOFT.format(tenant=quote(tenant, safe="")), scope or _MICROSOFT_SCOPE
        elif "google" in self.options:
            url = _GOOGLE
        if url is None:
            return None
        client, secret, refresh = (self.last(name) or "" for name in ("client_id", "client_secret", "refresh_token"))
        return OAuth(url, client, secret, refresh, scope)

    def seconds(self, option: str, otherwise: float) -> float:
        try:
            return float(self.last(option) or otherwise)
        except ValueError:
            raise ValueError(f"{option} is a number of seconds") from None


def imap_server(url: str) -> ImapServer:
    """What `url` says. Also: `folder=` (several times for several), `first=new|all|DAYS`, `poll=`, `timeout=`, `ca=`.

    Raises ValueError, without the password.
    """
    written = _written(url, "imap", {"folder", "first", "poll"})
    return ImapServer(
        host=written.host,
        port=written.port,
        user=written.user,
        password=written.password,
        tls=written.tls,
        folders=tuple(written.options.get("folder", ("INBOX",))),
        first=_first(written.last("first") or "new"),
        timeout=written.seconds("timeout", 30.0),
        poll=written.seconds("poll", 60.0),
        ca_file=written.last("ca"),
        insecure="insecure" in written.options,
        oauth=written.oauth,
    )


def smtp_server(url: str) -> SmtpServer:
    """What `url` says. Also: `timeout=`, `ca=`. Raises ValueError, without the password."""
    written = _written(url, "smtp", set())
    return SmtpServer(
        host=written.host,
        port=written.port,
        user=written.user,
        password=written.password,
        tls=written.tls,
        timeout=written.seconds("timeout", 30.0),
        ca_file=written.last("ca"),
        insecure="insecure" in written.options,
        oauth=written.oauth,
    )


def _written(url: str, protocol: str, more: set[str]) -> _Written:
    shape = f"an address of a server looks like {protocol}s://user:password@{protocol}.example.com"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:  # which would show the password, where it is what cannot be read
        raise ValueError(shape) from None
    if parts.scheme not in (protocol, f"{protocol}s") or not parts.hostname:
        raise ValueError(shape)
    if parts.path.strip("/") or parts.fragment:
        raise ValueError(f"{shape}; a # or / in the user or password is written %23 or %2F")
    options = parse_qs(parts.query, keep_blank_values=True)
    if unknown := sorted(set(options) - _SHARED - more):
        # What stands there may be the rest of a password with a ? in it: only what looks like an option is repeated.
        if "@" in parts.query or not _OPTION.fullmatch(unknown[0]):
            raise ValueError(f"{shape}; a ? or & in the user, password or a secret is written %3F or %26")
        raise ValueError(f"a server's address knows no {unknown[0]!r}, but {', '.join(sorted(_SHARED | more))}")
    tls: Encryption = "tls" if parts.scheme.endswith("s") else "starttls" if "starttls" in options else "none"
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return _Written(parts.hostname, port or _PORTS[protocol][tls], user, password, tls, options)


def _first(written: str) -> First:
    if written.isascii() and written.isdecimal():
        return int(written)
    if written == "all":
        return "all"
    if written == "new":
        return "new"
    raise ValueError('first is "new", "all", or a number of days')
