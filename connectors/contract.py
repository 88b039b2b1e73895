"""What every connector must do. Abilities are small protocols; a channel implements those it has.

`tests/connectors/test_contract.py` runs over every implementation, the fake included.
"""

from typing import Protocol

from core.messages import DeliveryReport, Inbound, Limits, Outbound, RawRequest, Receipt


class Sender(Protocol):
    """Sends one message to one customer."""

    channel: str
    limits: Limits

    async def send(self, message: Outbound) -> Receipt:
        """Hand the message to the provider.

        Raises MessageTooLong before any network, and otherwise only leaves of ChannelError: the leaf says
        whether the provider can have got it (OutcomeUnknown) or provably has not.
        """
        ...

    async def prepare(self) -> None:
        """Do now what the first send would otherwise wait for. Opens no connection; need not be called."""
        ...

    async def close(self) -> None:
        """Release the connections. Sending afterwards is an error."""
        ...


class Webhook(Protocol):
    """Receives what the provider posts to us."""

    channel: str
    acknowledgement: tuple[str, bytes]  # media type and body of the 200 that tells the provider we have it

    def admit(self, request: RawRequest) -> str:
        """Check the signature and return the key under which this event is stored once.

        Runs on the web process's hot path: no I/O, no more parsing than it takes. A signed request that makes no
        sense still gets a key (it is kept and shown). Raises BadSignature.
        """
        ...

    def parse(self, request: RawRequest) -> tuple[Inbound | DeliveryReport, ...]:
        """What the event says; empty when it says nothing we act on. Raises Unreadable. Never anything else."""
        ...
