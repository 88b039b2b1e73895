"""Which addresses are out in the world: what others name must not lead us into networks that only we can reach."""

from ipaddress import IPv6Address, IPv6Network, ip_address

_TRANSLATED = IPv6Network("64:ff9b::/96")  # NAT64: the last 32 bits are an IPv4 address
# Of old or of one site: IPv4-compatible, stateless translation, NAT64 by a prefix of one's own, site-local.
_OF_A_SITE = tuple(map(IPv6Network, ("::/96", "::ffff:0:0:0/96", "64:ff9b:1::/48", "fec0::/10")))


def is_public(address: str) -> bool:
    """Whether anybody could reach it. Not: loopback, private, link-local (a cloud's metadata), multicast, ….

    An IPv6 address that carries an IPv4 address is judged by that one. Raises ValueError: it is no address.
    """
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address):
        if any(found in each for each in _OF_A_SITE):
            return False
        translated = ip_address(found.packed[-4:]) if found in _TRANSLATED else None
        if carried := found.ipv4_mapped or found.sixtofour or translated:
            return is_public(str(carried))
    return found.is_global and not found.is_multicast
