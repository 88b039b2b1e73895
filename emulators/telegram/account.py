"""One bot: what tests hold in their hands. Joins the parts; the wire is in `api.py`."""

import random
from collections.abc import Mapping
from types import TracebackType
from typing import Any

from emulators.telegram.api import BotApi
from emulators.telegram.cloud import Cloud
from emulators.telegram.customer import Customer
from emulators.telegram.faults import Faults
from emulators.telegram.group import Group
from emulators.telegram.recording import Call
from emulators.telegram.setup import Clock, Json, Setup, Webhook, new_token, wall_clock
from emulators.telegram.updates import Update
from emulators.telegram.webhook import Delivery


class BotAccount:
    """Serve it with `running(bot)`, and write as its customers.

    `webhook_url` (with `secret_token`) is as if setWebhook had been called already. `clock` decides about dates, limits
    and how long links, presses and updates are good (aware datetimes); real time passes between attempts at the webhook
    and in long polls all the same. `retry_pause` says how many seconds stand for one second of Telegram's between those
    attempts. `faults` says what goes wrong with calls and downloads, `delivery_faults` with what the desk is posted.
    """

    def __init__(
        self,
        *,
        token: str | None = None,
        username: str = "threadline_bot",
        name: str = "Threadline",
        webhook_url: str = "",
        secret_token: str = "",
        limits: bool = True,
        retry_pause: float = 1.0,
        clock: Clock = wall_clock,
    ) -> None:
        self.setup = Setup(token or new_token(), username, name, limits, clock, retry_pause)
        self.setup.webhook = Webhook(webhook_url, secret_token)
        self.url = ""  # where it is served; set by running()
        self.faults = Faults()
        self.calls: list[Call] = []
        self.cloud = Cloud(self.setup, self._execute)
        self.api = BotApi(self.cloud, self.faults, self.calls)
        self.delivery_faults = self.cloud.courier.faults
        self._customers: dict[int, Customer] = {}

    @property
    def token(self) -> str:
        return self.setup.token

    @property
    def id(self) -> int:
        """The bot's own user id: what stands before the colon of its token."""
        return self.setup.bot_id

    @property
    def base_url(self) -> str:
        """For python-telegram-bot: `Bot(token, base_url=bot.base_url, base_file_url=bot.base_file_url)`."""
        return f"{self.url}/bot"

    @property
    def base_file_url(self) -> str:
        return f"{self.url}/file/bot"

    @property
    def webhook(self) -> Webhook:
        """What setWebhook set last."""
        return self.setup.webhook

    @property
    def pending(self) -> list[Update]:
        """Updates that the bot has not taken yet, oldest first."""
        return [*self.cloud.updates.pending.values()]

    @property
    def deliveries(self) -> list[Delivery]:
        """Every update posted to the webhook, in order of completion."""
        return self.cloud.courier.deliveries

    def post_via(self, base_url: str | None) -> None:
        """Let every update pass by this address, as with a proxy or tunnel before the desk; None: directly."""
        self.cloud.courier.via = base_url

    def customer(
        self, user_id: int | None = None, *, name: str = "", username: str = "", language: str = "en"
    ) -> Customer:
        """The person with this id, the same one each time; None: somebody new. `name` is first and last name."""
        number = user_id or self._new_id()
        if number not in self._customers:
            first, _, last = (name or f"Customer {len(self._customers) + 1}").partition(" ")
            user: Json = {"id": number, "is_bot": False, "first_name": first, "language_code": language}
            user |= {key: value for key, value in (("last_name", last), ("username", username)) if value}
            customer = self._customers[number] = Customer(self.cloud, user)
            self.cloud.chats[number] = customer.chat
        return self._customers[number]

    @property
    def customers(self) -> list[Customer]:
        """Everybody so far, in the order they came."""
        return [*self._customers.values()]

    def group(self, title: str) -> Group:
        """A new group with the bot in it."""
        return Group(self.cloud, -random.randrange(10**8, 10**9), title)

    def expire_presses(self) -> None:
        """From now on it is too late to answer any press there has been."""
        self.cloud.presses.clear()

    def forget_file(self, file_id: str) -> None:
        """Telegram has this file no more."""
        self.cloud.files.forget(file_id)

    def calls_of(self, operation: str) -> list[Call]:
        return [call for call in self.calls if call.operation == operation]

    async def settle(self) -> None:
        """Return once the webhook has taken everything; at once without a webhook. A bug in delivering is raised."""
        await self.cloud.courier.settle()

    async def close(self) -> None:
        """End deliveries and polls under way, and let go of the network."""
        self.cloud.polling.close()
        await self.cloud.courier.close()

    async def __aenter__(self) -> "BotAccount":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def _new_id(self) -> int:
        # Beyond 32 bits, as those of new accounts are.
        return 5_000_000_000 + random.randrange(10**9)

    async def _execute(self, method: str, values: Mapping[str, Any]) -> None:
        await self.api.execute(method, values)
