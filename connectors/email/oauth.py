"""Access tokens in place of a password (OAuth 2), as Microsoft 365 wants them. Blocking, for a thread."""

import threading
import time
from typing import Any
from urllib.parse import urlsplit

import httpx

from connectors.email.config import OAuth
from core.errors import AccountRefused, ChannelUnavailable

_TIMEOUT = 15.0  # seconds for one answer
_EARLY = 120.0  # seconds before its end that a token is not used any more
_LIFETIME = 300.0  # seconds that a token lasts, where the provider does not say
_MOST_WORDS = 200  # letters of what the provider says


class AccessTokens:
    """Of one login. A token is kept until shortly before it ends. Safe for several threads."""

    def __init__(self, oauth: OAuth) -> None:
        self._oauth = oauth
        self._at = urlsplit(oauth.token_url).hostname or ""
        self._lock = threading.Lock()
        self._token = ""
        self._until = 0.0

    def current(self) -> str:
        """Raises AccountRefused: the provider gives none to us; ChannelUnavailable: not now."""
        with self._lock:
            if not self._token or time.monotonic() > self._until:
                said = self._asked()
                self._token, self._until = str(said["access_token"]), time.monotonic() + _lifetime(said) - _EARLY
            return self._token

    def forget(self) -> None:
        """The server did not believe it."""
        with self._lock:
            self._token = ""

    def _asked(self) -> dict[str, Any]:
        try:
            # No proxy of the environment sees our secret.
            with httpx.Client(trust_env=False, timeout=_TIMEOUT) as client:
                answer = client.post(self._oauth.token_url, data=_request(self._oauth))
            said = answer.json() if answer.content else {}
        except (httpx.HTTPError, ValueError) as error:
            raise ChannelUnavailable(f"{self._at} gave no access token ({type(error).__name__}).") from None
        if not isinstance(said, dict):
            said = {}
        if answer.status_code in (400, 401, 403):
            raise AccountRefused(
                f"{self._at} gave no access token for {self._oauth.client_id[:60]}: {_words(said)}. Check client_id,"
                " its secret, and what the provider lets this program do."
            )
        if answer.status_code != 200 or not said.get("access_token"):
            raise ChannelUnavailable(f"{self._at} gave no access token (it answered {answer.status_code}).")
        return said


def _request(oauth: OAuth) -> dict[str, str]:
    grant = "refresh_token" if oauth.refresh_token else "client_credentials"
    asked = {
        "grant_type": grant,
        "client_id": oauth.client_id,
        "client_secret": oauth.client_secret,
        "refresh_token": oauth.refresh_token,
        "scope": oauth.scope,
    }
    return {name: value for name, value in asked.items() if value}


def _lifetime(said: dict[str, Any]) -> float:
    try:
        return float(said["expires_in"])
    except (KeyError, TypeError, ValueError):
        return _LIFETIME


def _words(said: dict[str, Any]) -> str:
    """What the provider says is wrong, on one line."""
    parts = [str(said[name]) for name in ("error", "error_description") if said.get(name)]
    words = " ".join(": ".join(parts).split())
    return "".join(letter for letter in words if letter.isprintable())[:_MOST_WORDS].rstrip(".") or "no reason given"
