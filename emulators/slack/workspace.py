"""One Slack workspace with one application installed: the whole state of the emulator, in memory.

It keeps people, channels, views, triggers and the record of every call; what the Web API does with them stands in
`api/`, what people do in `person.py`. It forgets everything when the process ends.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from emulators.server import Served
from emulators.slack.channels import Channel, Json
from emulators.slack.delivery import DEADLINE, RETRY_DELAYS, Courier, Delivery
from emulators.slack.faults import Faults
from emulators.slack.files import Files
from emulators.slack.ids import Mint, lasting
from emulators.slack.person import Person
from emulators.slack.rates import Rates
from emulators.slack.responses import Responses
from emulators.slack.scopes import EVERY
from emulators.slack.sockets import Sockets
from emulators.slack.surfaces import Trigger

SIGNING_SECRET = "emulated-signing-secret"
BOT_TOKEN = "xoxb-emulated-bot-token"
APP_TOKEN = "xapp-1-emulated-app-token"
BOT_EVENTS = frozenset(
    {"message.channels", "message.groups", "message.im", "app_mention", "app_home_opened", "link_shared"}
)
_SUBSCRIPTION = {"channel": "message.channels", "group": "message.groups", "im": "message.im"}


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the Web API, as it arrived and as it was answered."""

    method: str
    arguments: Json
    at: float  # the workspace's clock
    answer: Json  # {} when no JSON was answered
    status: int  # 0 when the connection was cut instead
    fault: str | None = None  # the kind of fault it met
    carried_out: bool = True  # whatever the caller was told
    abandoned: bool = False  # the caller had gone before it was carried out


class Workspace:
    """A workspace, its people and channels, and the one app that lives in it.

    `events_url` receives events, interactions and commands, unless a Socket Mode client is connected.
    `limits=False` switches rate limits off. `clock` dates messages, triggers and allowances. `echoes=False`
    spares the app the events about its own posts. `subscriptions` are the bot events it asked for, `scopes` what it was
    given when it was installed. `deadline`: seconds in which a delivery must be answered and a trigger
    opens a view; Slack gives both three.
    `faults` says what goes wrong with calls, `delivery_faults` what goes wrong with what the app is sent.
    """

    def __init__(
        self,
        *,
        events_url: str | None = None,
        signing_secret: str = SIGNING_SECRET,
        bot_token: str = BOT_TOKEN,
        app_token: str = APP_TOKEN,
        name: str = "Emulated",
        bot_name: str = "threadline",
        limits: bool = True,
        clock: Callable[[], float] = time.time,
        deadline: float = DEADLINE,
        retry_delays: Sequence[float] = RETRY_DELAYS,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        echoes: bool = True,
        subscriptions: Iterable[str] = BOT_EVENTS,
        scopes: Iterable[str] = EVERY,
        unfurl_domains: Iterable[str] = (),
    ) -> None:
        self.name = name
        self.domain = name.lower().replace(" ", "-")
        self.bot_name = bot_name
        self.signing_secret, self.bot_token, self.app_token = signing_secret, bot_token, app_token
        self.team_id, self.app_id = lasting("T", name), lasting("A", bot_name)
        self.bot_user, self.bot_id = lasting("U", f"bot:{bot_name}"), lasting("B", bot_name)
        self.limits, self.echoes, self.deadline = limits, echoes, deadline
        self.clock = clock
        self.mint = Mint(clock)
        self.rates = Rates(clock)
        self.faults = Faults()
        self.calls: list[Call] = []
        self.people: dict[str, Person] = {}
        self.channels: dict[str, Channel] = {}
        self.usergroups: dict[str, tuple[str, tuple[str, ...]]] = {}  # id -> handle, people
        self.views: dict[str, Json] = {}
        self.triggers: dict[str, Trigger] = {}
        self.subscriptions = frozenset(subscriptions)
        self.scopes = frozenset(scopes)
        self.unfurl_domains = tuple(unfurl_domains)  # it hears of links there
        self.files = Files(self)
        self.base_url = "http://127.0.0.1"
        self.sockets = Sockets(self.app_id)
        self.responses = Responses(self)
        self.courier = Courier(
            url=events_url,
            signing_secret=signing_secret,
            sockets=self.sockets,
            deadline=deadline,
            retry_delays=retry_delays,
            sleep=sleep,
        )
        self.delivery_faults = self.courier.faults
        # The app's own people: the bot is a user like any other, without a screen that anybody looks at.
        self.people[self.bot_user] = Person(self, self.bot_user, bot_name, None, bot_name, is_bot=True)

    @contextlib.asynccontextmanager
    async def serve(self, *, port: int = 0) -> AsyncIterator[Served]:
        """Serve this workspace on 127.0.0.1; leaving ends what is still under way."""
        from emulators.slack.web import Web  # the web knows the workspace, so it comes in here

        async with Served(Web(self), port=port) as served:
            self.base_url = served.url
            try:
                yield served
            finally:
                self.files.close()
                await self.courier.close()
                await self.sockets.cut()

    def add_user(
        self,
        name: str,
        email: str | None = None,
        *,
        real_name: str | None = None,
        user_id: str | None = None,
        is_bot: bool = False,
        tz: str = "Europe/Berlin",
        deleted: bool = False,
    ) -> Person:
        """A member of the workspace. The same name gets the same id in every run."""
        person = Person(
            self, user_id or lasting("U", name), name, email, real_name or name, is_bot=is_bot, tz=tz, deleted=deleted
        )
        self.people[person.id] = person
        return person

    def add_channel(
        self,
        name: str,
        *,
        members: Iterable[Person | str] | None = None,
        private: bool = False,
        archived: bool = False,
        bot: bool = True,
        ext_shared: bool = False,
        channel_id: str | None = None,
    ) -> Channel:
        """A channel. `members` None: everybody there is by now. `bot` says whether the app has been invited."""
        who = self.people.values() if members is None else members
        channel = Channel(
            channel_id or lasting("C", name), name, is_private=private, is_archived=archived, created=int(self.clock())
        )
        channel.team, channel.creator, channel.is_ext_shared = self.team_id, self.bot_user, ext_shared
        channel.members = {each if isinstance(each, str) else each.id for each in who} - {self.bot_user}
        if bot:
            channel.members.add(self.bot_user)
        self.channels[channel.id] = channel
        return channel

    def add_usergroup(self, handle: str, *people: Person) -> str:
        """A group that is mentioned as @handle. Its id."""
        group_id = lasting("S", handle)
        self.usergroups[group_id] = handle, tuple(each.id for each in people)
        return group_id

    def invite(self, channel: Channel | str, *people: Person | str) -> None:
        """Make people members of a channel that was there before them."""
        self.channel(channel).members.update(each if isinstance(each, str) else each.id for each in people)

    def direct(self, user: str) -> Channel:
        """The person's conversation with the app, opened when there is none."""
        return self.channels.get(lasting("D", user)) or self._open_direct(user)

    def has_direct(self, user: str) -> bool:
        return lasting("D", user) in self.channels

    def _open_direct(self, user: str) -> Channel:
        channel = Channel(lasting("D", user), "", is_im=True, created=int(self.clock()))
        channel.members = {user, self.bot_user}
        self.channels[channel.id] = channel
        return channel

    def find_channel(self, reference: str) -> Channel | None:
        """By id, by name (with or without #), or a person's id for the conversation with them."""
        if (channel := self.channels.get(reference)) is not None:
            return channel
        if reference in self.people:
            return self.direct(reference)
        name = reference.removeprefix("#")
        return next((each for each in self.channels.values() if each.name == name and name), None)

    def channel(self, reference: Channel | str) -> Channel:
        """Like `find_channel`. Raises KeyError."""
        if isinstance(reference, Channel):
            return reference
        if (found := self.find_channel(reference)) is None:
            raise KeyError(reference)
        return found

    def message(self, channel: Channel | str, ts: str) -> Json:
        return self.channel(channel).messages[ts]

    def thread(self, channel: Channel | str, ts: str) -> list[Json]:
        """The root and its replies, oldest first."""
        return self.channel(channel).thread(ts)

    def channel_messages(self, channel: Channel | str) -> list[Json]:
        """Everything in a channel, replies included, oldest first."""
        return list(self.channel(channel).messages.values())

    def calls_of(self, method: str) -> list[Call]:
        return [each for each in self.calls if each.method == method]

    def trigger(self, user: str, stack: str | None = None) -> str:
        """A fresh trigger_id: one view, within `deadline`."""
        trigger_id = self.mint.secret()
        self.triggers[trigger_id] = Trigger(user, self.clock() + self.deadline, stack)
        return trigger_id

    def event(
        self,
        event: Json,
        *,
        channel: Channel | None = None,
        subscription: str | None = None,
        is_ext_shared: bool = False,
    ) -> Delivery | None:
        """Set an event on its way, if the app subscribed to it, is in the channel, and can be reached."""
        if channel is not None and self.bot_user not in channel.members:
            return None
        wanted = subscription or (_SUBSCRIPTION[channel.kind] if channel is not None else event["type"])
        if wanted not in self.subscriptions or not self.courier.connected:
            return None
        shared = is_ext_shared or (channel is not None and channel.is_ext_shared)
        return self.courier.event(self._enveloped(event, is_ext_shared=shared))

    def _enveloped(self, event: Json, *, is_ext_shared: bool) -> Json:
        authorization: dict[str, Any] = {
            "enterprise_id": None,
            "team_id": self.team_id,
            "user_id": self.bot_user,
            "is_bot": True,
            "is_enterprise_install": False,
        }
        return {
            "token": "emulated-verification-token",
            "team_id": self.team_id,
            "context_team_id": self.team_id,
            "context_enterprise_id": None,
            "api_app_id": self.app_id,
            "event": event,
            "type": "event_callback",
            "event_id": self.mint.id("Ev"),
            "event_time": int(self.clock()),
            "authorizations": [authorization],
            "is_ext_shared_channel": is_ext_shared,
            "event_context": self.mint.secret(),
        }
