"""A group the bot is in. It hears everything that is said there, as a bot with privacy mode off does."""

from emulators.telegram import refusals
from emulators.telegram.chats import Chat
from emulators.telegram.cloud import Cloud
from emulators.telegram.customer import Customer, Person
from emulators.telegram.setup import Json


class Group:
    def __init__(self, cloud: Cloud, chat_id: int, title: str) -> None:
        self._cloud = cloud
        self.title = title
        self.chat = Chat(chat_id, "group", {"title": title})
        cloud.chats[chat_id] = self.chat

    @property
    def id(self) -> int:
        return self.chat.id

    def member(self, customer: Customer) -> Person:
        """The customer, writing here."""
        return Person(self._cloud, self.chat, customer.user)

    @property
    def messages(self) -> list[Json]:
        """Everything said here, oldest first."""
        return [*self.chat.messages.values()]

    def migrate(self, by: Customer) -> int:
        """Make it a supergroup: the bot is told in both chats, and sending to the old one is refused.

        Returns the new id, which is `id` from now on.
        """
        old, new_id = self.chat, -(10**12) - abs(self.chat.id)
        new = self._cloud.chats[new_id] = Chat(new_id, "supergroup", {"title": self.title})
        old.migrated_to = new_id
        for chat, told in ((old, {"migrate_to_chat_id": new_id}), (new, {"migrate_from_chat_id": old.id})):
            message = self._cloud.put(chat, by.user, told)
            self._cloud.updates.add("message", dict(message), chat.id)
        self.chat = new
        return new_id

    def kick(self) -> None:
        """Throw the bot out: sending here is refused."""
        self.chat.closed = refusals.KICKED
