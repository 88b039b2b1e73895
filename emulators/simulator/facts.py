"""What the page shows, as facts: a flat table from a key to a JSON value, and what changed in it since the last look.

Keys are paths: `message/C…/ts`, `ephemeral/U…/ts`, `modals/U…`, `home/U…`, `person/U…`, `channel/C…`, `customer/+…`,
`phone/SM…`, `phone/tg…`, `mail/…@…:…`, `wire`, `time`. The emulators tell nobody what they do, so a look compares
what is there with what was there; it costs a comparison a fact, and only what changed is put into JSON.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

from emulators.simulator.mailboxes import Mailboxes
from emulators.simulator.phones import Fact, Json, Parts, on_telegram, on_whatsapp
from emulators.simulator.travel import TimeTravel
from emulators.slack import Channel, Person, Workspace
from emulators.telegram import BotAccount
from emulators.twilio import Account


class Mirror:
    """What one page has been told so far."""

    def __init__(
        self,
        workspace: Workspace,
        account: Account,
        telegram: BotAccount | None = None,
        time: TimeTravel | None = None,
        mail: Mailboxes | None = None,
    ) -> None:
        self._workspace, self._account, self._telegram, self._time = workspace, account, telegram, time
        self._mail = mail
        self._told: dict[str, Parts] = {}
        self._taken: dict[str, bool] = {}  # SID -> whether the desk took the message
        self._counted = 0  # deliveries looked at

    def changes(self) -> dict[str, Any]:
        """The new value of every fact that changed; None for one that is gone."""
        self._count_deliveries()
        found: dict[str, Any] = {}
        gone = set(self._told)
        for key, parts, value in self._facts():
            gone.discard(key)
            if not _same(self._told.get(key), parts):
                self._told[key] = parts
                found[key] = value()
        for key in gone:
            del self._told[key]
            found[key] = None
        return found

    def _facts(self) -> Iterator[Fact]:
        for person in list(self._workspace.people.values()):
            yield from _person(person)
        for channel in list(self._workspace.channels.values()):
            yield from _channel(channel)
        yield from on_whatsapp(self._account, self._taken)
        if self._telegram is not None:
            yield from on_telegram(self._telegram)
        if self._mail is not None:
            yield from self._mail.facts()
        if self._time is not None:
            ahead = self._time.ahead().total_seconds()
            yield "time", (ahead,), partial(dict, {"ahead": ahead})
        wire = self._wire()
        yield "wire", wire, partial(_wire_json, wire)

    def _count_deliveries(self) -> None:
        deliveries = self._account.deliveries
        for delivery in deliveries[self._counted :]:
            self._taken[delivery.sid] = self._taken.get(delivery.sid, False) or delivery.ok
        self._counted = len(deliveries)

    def _wire(self) -> Parts:
        """Signed requests of the providers with the seconds the last one took, and calls of Slack's Web API.

        Telegram counts what the bot has taken, posted or fetched; mail, what its server has taken.
        """
        deliveries, courier = self._account.deliveries, self._workspace.courier
        twilio = deliveries[-1].attempts[-1].seconds if deliveries else None
        slack = courier.latest.seconds if courier.latest is not None else None
        telegram = None if self._telegram is None else self._telegram.cloud.updates.taken
        mail = None if self._mail is None else len(self._mail.server.mails)
        return len(deliveries), twilio, courier.sent, slack, len(self._workspace.calls), telegram, mail


def _same(before: Parts | None, now: Parts) -> bool:
    if before is None or len(before) != len(now):
        return False
    return all(
        one is other or (not isinstance(one, dict) and one == other) for one, other in zip(before, now, strict=True)
    )


def _person(person: Person) -> Iterator[Fact]:
    shown = {"id": person.id, "name": person.name, "real_name": person.real_name, "is_bot": person.is_bot}
    yield f"person/{person.id}", (person.real_name,), partial(dict, shown)
    screen = person.screen
    for message in list(screen.ephemerals):
        yield f"ephemeral/{person.id}/{message['ts']}", (message,), partial(dict, message)
    if screen.modals:
        views = tuple(screen.modals)
        yield f"modals/{person.id}", views, partial(list, views)
    if screen.home is not None:
        home = screen.home
        yield f"home/{person.id}", (home,), partial(dict, home)


def _channel(channel: Channel) -> Iterator[Fact]:
    shown = {
        "id": channel.id,
        "name": channel.name,
        "private": channel.is_private,
        "im": channel.is_im,
        "archived": channel.is_archived,
        "topic": channel.topic,
        "members": sorted(channel.members),
    }
    yield f"channel/{channel.id}", tuple(map(str, shown.values())), partial(dict, shown)
    for ts, message in list(channel.messages.items()):
        # A changed message is another object; only the count of replies and reactions change in place.
        counts = (message.get("reply_count"), message.get("latest_reply"), str(message.get("reactions")))
        yield f"message/{channel.id}/{ts}", (message, *counts), partial(_posted, message)


def _posted(message: Json) -> Json:
    return {name: value for name, value in message.items() if name != "metadata"}


def _wire_json(wire: Parts) -> Json:
    names = ("whatsapp", "whatsapp_seconds", "slack", "slack_seconds", "calls", "telegram", "mail")
    return dict(zip(names, wire, strict=True))
