"""Which addresses are reached without the proxy that HTTP(S)_PROXY names: this machine's own, and those of NO_PROXY."""

import ipaddress
from urllib.parse import urlsplit
from urllib.request import proxy_bypass


def reached_directly(url: str) -> bool:
    """For libraries that take the proxy for every address."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback or bool(proxy_bypass(host))
    except ValueError:
        return host == "localhost" or bool(proxy_bypass(host))
