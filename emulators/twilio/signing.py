"""How Twilio signs what it posts. Computes; sends nothing.

Source: twilio.com/docs/usage/security
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from urllib.parse import urldefrag, urlencode, urlsplit

FORM = "application/x-www-form-urlencoded; charset=UTF-8"

Pairs = Iterable[tuple[str, str]]


def signature(url: str, params: Mapping[str, str] | Pairs, auth_token: str) -> str:
    """The `X-Twilio-Signature` of a form post: HMAC-SHA1 over the URL and the sorted parameters, in base64.

    The URL's fragment is never signed. A key given twice is signed once per distinct value.
    """
    signed = _signed_url(url) + "".join(key + value for key, value in sorted(set(_pairs(params))))
    mac = hmac.new(auth_token.encode(), signed.encode(), hashlib.sha1)
    return base64.b64encode(mac.digest()).decode()


def signed_form(url: str, params: Mapping[str, str] | Pairs, auth_token: str) -> tuple[bytes, dict[str, str]]:
    """Body and headers of a form as Twilio would post it to `url`; blank values are kept, and signed."""
    pairs = _pairs(params)
    return urlencode(pairs).encode(), {"Content-Type": FORM, "X-Twilio-Signature": signature(url, pairs, auth_token)}


def _pairs(params: Mapping[str, str] | Pairs) -> list[tuple[str, str]]:
    return list(params.items()) if isinstance(params, Mapping) else list(params)


def _signed_url(url: str) -> str:
    bare = urldefrag(url).url
    parts = urlsplit(bare)
    # Over https Twilio signs the URL without its port; over http with it.
    if parts.scheme == "https" and parts.port is not None:
        return parts._replace(netloc=parts.netloc.rsplit(":", 1)[0]).geturl()
    return bare
