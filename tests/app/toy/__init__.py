"""A channel as somebody else would add it: this folder, one line in the registry, and its settings.

Its customers post `sender|number|text` with a password; what we send them is kept in a list.
"""

import hmac
from dataclasses import dataclass
from hashlib import sha256

from core.errors import BadSignature, MessageRefused, MessageTooLong, Unreadable
from core.messages import Inbound, Limits, Outbound, RawRequest, Receipt, Received


@dataclass(frozen=True, slots=True)
class ToyConfig:
    password: str


class ToyConnector:
    channel = "toy"
    limits = Limits(text=140)
    acknowledgement = ("text/plain", b"thanks")

    def __init__(self, config: ToyConfig) -> None:
        self._config = config
        self.sent: list[Outbound] = []

    async def send(self, message: Outbound) -> Receipt:
        if len(message.text) > self.limits.text:
            raise MessageTooLong("Toys read 140 characters.")
        if not message.text.strip():
            raise MessageRefused("There is nothing to read.")
        self.sent.append(message)
        return Receipt(str(len(self.sent)))

    async def prepare(self) -> None:
        """Nothing to load."""

    async def close(self) -> None:
        """Nothing to release."""

    def admit(self, request: RawRequest) -> str:
        if not hmac.compare_digest(request.headers.get("x-password", "").encode(), self._config.password.encode()):
            raise BadSignature("That is not the password.")
        return sha256(request.body).hexdigest()

    def parse(self, request: RawRequest) -> tuple[Received, ...]:
        sender, _, rest = request.body.decode("utf-8", "replace").partition("|")
        number, _, text = rest.partition("|")
        if not sender or not number or "\0" in text:
            raise Unreadable("Toys write sender|number|text.")
        return (Inbound(f"{sender}-{number}", "toy", "the shop", sender, sender.title(), text, None),)
