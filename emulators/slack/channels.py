"""A channel and its messages, in the shapes Slack sends them. No network, no clock, no rules about who may."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

# A message, a view or an event exactly as it stands on the wire.
Json = dict[str, Any]

_REMEMBERED = 5  # edits of a message; a client is seldom further behind


@dataclass(slots=True)
class Channel:
    id: str
    name: str
    is_private: bool = False
    is_archived: bool = False
    is_im: bool = False
    is_ext_shared: bool = False  # with another company
    created: int = 0
    topic: str = ""
    team: str = ""  # the workspace's id
    creator: str = ""
    members: set[str] = field(default_factory=set)
    messages: dict[str, Json] = field(default_factory=dict)  # by ts; inserted in order of ts
    threads: dict[str, list[str]] = field(default_factory=dict)  # root ts -> ts of its replies
    earlier: dict[str, deque[Json]] = field(default_factory=dict)  # ts -> what that message was before it was edited

    @property
    def kind(self) -> str:
        """The `channel_type` of a message event."""
        if self.is_im:
            return "im"
        return "group" if self.is_private else "channel"

    def add(self, message: Json) -> None:
        """File a message; a reply also counts on its root, as Slack shows it there."""
        self.messages[message["ts"]] = message
        root_ts = message.get("thread_ts")
        if root_ts is None or root_ts == message["ts"]:
            return
        self.threads.setdefault(root_ts, []).append(message["ts"])
        if (root := self.messages.get(root_ts)) is not None:
            self._count(root, self.threads[root_ts])

    def replace(self, ts: str, message: Json) -> None:
        """Put a changed message in its place; what it was is remembered for those who still see that."""
        self.earlier.setdefault(ts, deque(maxlen=_REMEMBERED)).append(self.messages[ts])
        self.messages[ts] = message

    def as_seen(self, ts: str, edited: str | None) -> Json:
        """The message as it was when it had last been edited at `edited` ("": never); None: as it is now."""
        known = (self.messages[ts], *reversed(self.earlier.get(ts, ())))
        return next((each for each in known if edited == each.get("edited", {}).get("ts", "")), known[0])

    def remove(self, ts: str) -> Json:
        """Take a message out. Raises KeyError when there is none."""
        self.earlier.pop(ts, None)
        message = self.messages.pop(ts)
        root_ts = message.get("thread_ts")
        if root_ts in self.threads and ts in self.threads[root_ts]:
            self.threads[root_ts].remove(ts)
            if (root := self.messages.get(root_ts)) is not None:
                self._count(root, self.threads[root_ts])
        return message

    def _count(self, root: Json, replies: list[str]) -> None:
        authors = list(dict.fromkeys(self.messages[ts].get("user", "") for ts in replies))
        root.update(
            thread_ts=root["ts"],
            reply_count=len(replies),
            reply_users_count=len(authors),
            reply_users=authors[:5],
            latest_reply=replies[-1] if replies else None,
        )

    def thread(self, ts: str) -> list[Json]:
        """A root and its replies, oldest first. Raises KeyError when there is no such message."""
        return [self.messages[ts], *(self.messages[each] for each in self.threads.get(ts, ()))]

    def top_level(self) -> Iterable[Json]:
        """What the channel shows outside threads, newest first."""
        for message in reversed(self.messages.values()):
            if message.get("thread_ts", message["ts"]) == message["ts"]:
                yield message

    def as_json(self, bot_user: str) -> Json:
        """A conversation object. IMs carry their person instead of a name."""
        mine = bot_user in self.members
        if self.is_im:
            person = next((each for each in sorted(self.members) if each != bot_user), bot_user)
            return {"id": self.id, "created": self.created, "is_im": True, "user": person, "is_archived": False}
        return {
            "id": self.id,
            "name": self.name,
            "name_normalized": self.name,
            "is_channel": not self.is_private,
            "is_group": self.is_private,
            "is_im": False,
            "is_mpim": False,
            "is_private": self.is_private,
            "created": self.created,
            "updated": self.created * 1000,
            "creator": self.creator,
            "context_team_id": self.team,
            "previous_names": [],
            "unlinked": 0,
            "is_archived": self.is_archived,
            "is_general": False,
            "is_shared": self.is_ext_shared,
            "is_ext_shared": self.is_ext_shared,
            "is_org_shared": False,
            "is_pending_ext_shared": False,
            "pending_shared": [],
            "shared_team_ids": [self.team],
            "is_member": mine,
            "topic": {"value": self.topic, "creator": "", "last_set": 0},
            "purpose": {"value": "", "creator": "", "last_set": 0},
            "num_members": len(self.members),
        }
