"""What we know of ourselves when we judge a mail."""

from dataclasses import dataclass

# Every mail that we send carries it, with the address that it is from: one that comes back to us starts nothing, and
# another desk's is answered by no machine.
LOOP_HEADER = "x-threadline-loop"


@dataclass(frozen=True, slots=True)
class Ours:
    """`addresses` are those we write from; `lists` the List-Ids of groups through which customers reach us."""

    addresses: frozenset[str] = frozenset()
    lists: frozenset[str] = frozenset()
    authserv_id: str | None = None  # the name under which our mail server writes Authentication-Results

    def owns(self, address: str | None) -> bool:
        """Whether it is an address of ours, also with a plus and what follows it. Ours may have one of its own."""
        if not address:
            return False
        local, _, domain = address.lower().rpartition("@")
        own = (each.lower().rpartition("@") for each in self.addresses)
        return any(at == domain and (local == name or local.startswith(f"{name}+")) for name, _, at in own)
