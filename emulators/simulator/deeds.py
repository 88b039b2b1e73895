"""What can be done on the page, each as one JSON object in and one out.

Everything goes through the emulators' people and customers, who refuse what could not be done in Slack or on a phone.
"""

from collections.abc import Awaitable, Callable

from emulators.simulator.facts import Json, phone_owner
from emulators.slack import Interaction, Person, Workspace
from emulators.twilio import Account

Deed = Callable[[Json], Awaitable[Json]]

# 555-0100 to 555-0199 are kept for fiction. Who is served by us may have taken some: those from 0180 on come first.
_NUMBERS = tuple(f"+1415555{last:04d}" for last in (*range(180, 200), *range(100, 176)))
_MOST_NAME = 80


class CannotAdd(Exception):
    """No further customer can be added."""


class Deeds:
    """`named` maps a deed's name in the address to what does it. A deed raises KeyError for what it is not given."""

    def __init__(self, workspace: Workspace, account: Account) -> None:
        self._workspace, self._account = workspace, account
        self.named: dict[str, Deed] = {
            "customer": self.customer,
            "write": self.write,
            "read": self.read,
            "say": self.say,
            "edit": self.edit,
            "delete": self.delete,
            "press": self.press,
            "press_in": self.press_in,
            "submit": self.submit,
            "close": self.close,
            "suggestions": self.suggestions,
            "home": self.home,
        }

    async def customer(self, body: Json) -> Json:
        """Somebody new with a phone; the `number` is made up when none is given."""
        name = str(body["name"]).strip()[:_MOST_NAME]
        known = {each.number for each in self._account.customers}
        number = body.get("number") or next((each for each in _NUMBERS if each not in known), None)
        if not name or number is None:
            raise CannotAdd("A customer needs a name." if not name else "There are no more numbers to give away.")
        return phone_owner(self._account.customer(str(number), name=name))

    async def write(self, body: Json) -> Json:
        written = await self._account.customer(body["number"]).write(str(body["text"]))
        return {"ok": written.ok, "status": written.status, "seconds": written.latency}

    async def read(self, body: Json) -> Json:
        return {"read": len(await self._account.customer(body["number"]).read())}

    async def say(self, body: Json) -> Json:
        """Words in a channel or a thread; what begins with a slash is a command."""
        text, root = str(body["text"]), body.get("thread_ts")
        person = self._person(body)
        if text.startswith("/") and root is None:
            command, _, rest = text.partition(" ")
            return _done(await person.command(body["channel"], command, rest))
        said = await person.say(body["channel"], text, root)
        return {"ts": said.ts}

    async def edit(self, body: Json) -> Json:
        return {"ts": (await self._person(body).edit(body["channel"], body["ts"], str(body["text"]))).ts}

    async def delete(self, body: Json) -> Json:
        return {"ts": (await self._person(body).delete(body["channel"], body["ts"])).ts}

    async def press(self, body: Json) -> Json:
        chosen = {name: body[name] for name in ("value", "selected_option", "block_id") if name in body}
        return _done(await self._person(body).press(body["channel"], body["ts"], body["action_id"], **chosen))

    async def press_in(self, body: Json) -> Json:
        chosen = {name: body[name] for name in ("value", "block_id") if name in body}
        return _done(await self._person(body).press_in(body["view_id"], body["action_id"], **chosen))

    async def submit(self, body: Json) -> Json:
        return _done(await self._person(body).submit(body["view_id"], body["values"]))

    async def close(self, body: Json) -> Json:
        done = await self._person(body).close(body["view_id"])
        return {} if done is None else _done(done)

    async def suggestions(self, body: Json) -> Json:
        person = self._person(body)
        return {"options": await person.suggestions(body["action_id"], body["typed"], view_id=body["view_id"])}

    async def home(self, body: Json) -> Json:
        """Open the app's home tab: the app hears of it, and publishes one if it has any."""
        delivery = await self._person(body).open_home()
        return {"told": delivery is not None and delivery.acknowledged}

    def _person(self, body: Json) -> Person:
        return self._workspace.people[body["user"]]


def _done(done: Interaction) -> Json:
    return {"outcome": done.outcome, "errors": dict(done.errors), "seconds": done.seconds, "status": done.status}
