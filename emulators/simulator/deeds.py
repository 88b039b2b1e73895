"""What can be done on the page, each as one JSON object in and one out.

Everything goes through the emulators' people and customers, who refuse what could not be done in Slack or on a phone.
"""

from collections.abc import Awaitable, Callable

from emulators.simulator.customers import CustomerDeeds
from emulators.simulator.mailboxes import Mailboxes
from emulators.simulator.phones import Json
from emulators.slack import Interaction, Person, Workspace
from emulators.slack.control import upload, with_uploads
from emulators.telegram import BotAccount
from emulators.twilio import Account

Deed = Callable[[Json], Awaitable[Json]]


class Deeds:
    """`named` maps a deed's name in the address to what does it. A deed raises KeyError for what it is not given."""

    def __init__(
        self, workspace: Workspace, account: Account, telegram: BotAccount | None = None, mail: Mailboxes | None = None
    ) -> None:
        self._workspace = workspace
        customers = CustomerDeeds(account, telegram)
        self.named: dict[str, Deed] = {
            "customer": customers.customer,
            "write": customers.write,
            "read": customers.read,
            "attach": customers.attach,
            "rewrite": customers.rewrite,
            "tap": customers.tap,
            "block": customers.block,
            "say": self.say,
            "edit": self.edit,
            "delete": self.delete,
            "press": self.press,
            "shortcut": self.shortcut,
            "press_in": self.press_in,
            "submit": self.submit,
            "close": self.close,
            "suggestions": self.suggestions,
            "home": self.home,
        }
        self.named |= mail.deeds() if mail is not None else {}

    async def say(self, body: Json) -> Json:
        """Words or files in a channel or a thread; what begins with a slash is a command."""
        text, root = str(body["text"]), body.get("thread_ts")
        person = self._person(body)
        if files := [upload(each) for each in body.get("files") or []]:
            return {"ts": (await person.share(body["channel"], files, text, root)).ts}
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
        chosen = {name: body[name] for name in ("value", "selected_option", "block_id", "edited") if name in body}
        return _done(await self._person(body).press(body["channel"], body["ts"], body["action_id"], **chosen))

    async def shortcut(self, body: Json) -> Json:
        """One of the application's, in a message's menu."""
        return _done(await self._person(body).message_shortcut(body["channel"], body["ts"], body["callback_id"]))

    async def press_in(self, body: Json) -> Json:
        chosen = {name: body[name] for name in ("value", "block_id", "values") if name in body}
        return _done(await self._person(body).press_in(body["view_id"], body["action_id"], **chosen))

    async def submit(self, body: Json) -> Json:
        return _done(await self._person(body).submit(body["view_id"], with_uploads(body["values"])))

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
