"""Where a playbook's HTTP actions may go: the public internet, and what an admin has named in the settings.

A name is resolved once, and the connection goes to one of the addresses that were looked at: a name that means another
address a moment later (DNS rebinding) gains nothing.
"""

from collections.abc import Collection
from ipaddress import ip_address
from socket import AddressFamily

from aiohttp.abc import ResolveResult
from aiohttp.resolver import ThreadedResolver
from yarl import URL

from core.addresses import is_public
from threadline import Refused


class Guard:
    """`allowed`: hosts of the desk's own, as host or host:port, that are reached whatever their address is."""

    def __init__(self, allowed: Collection[str] = ()) -> None:
        self._allowed = frozenset(each.strip().lower() for each in allowed if each.strip())

    def check(self, url: URL) -> None:
        """What can be seen before its name is resolved. Raises Refused."""
        try:
            host, port = url.raw_host, url.port
        except ValueError as error:
            raise Refused("The action's address cannot be read.") from error
        if url.scheme not in ("http", "https") or not host or port is None or url.user is not None:
            raise Refused("The action's address is none that is called: write https://host/path.")
        if is_address(host) and not self.admits(host, port, host):
            raise Refused(_private(host))

    def admits(self, host: str, port: int, address: str) -> bool:
        """Whether a connection to this address, under this name, may be made."""
        return not self._allowed.isdisjoint({host.lower(), f"{host.lower()}:{port}"}) or is_public(address)

    def resolver(self) -> "GuardedResolver":
        """For the connections that this guard stands before. Made in the running loop."""
        return GuardedResolver(self)


class GuardedResolver(ThreadedResolver):
    """Names that lead into private networks do not resolve, whoever says so."""

    def __init__(self, guard: Guard) -> None:
        super().__init__()
        self._guard = guard

    async def resolve(
        self, host: str, port: int = 0, family: AddressFamily = AddressFamily.AF_INET
    ) -> list[ResolveResult]:
        """Raises Refused: all its addresses are private."""
        found = await super().resolve(host, port, family)
        admitted = [each for each in found if self._guard.admits(host, port, each["host"])]
        if not admitted:
            raise Refused(_private(host))
        return admitted


def is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _private(host: str) -> str:
    return (
        f"{host} is in a private network, which actions of a playbook do not reach. Name it in THREADLINE_ACTION_HOSTS."
    )
