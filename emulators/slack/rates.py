"""Slack's rate limits as token buckets. Knows methods and channels; does not know what a call does.

Posting is limited to about one message a second and channel, with a short burst allowed, under a cap for the
workspace; other methods by tier and minute (docs.slack.dev/apis/web-api/rate-limits). Slack publishes the rates
but not the bursts: those here are on the strict side.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

POST_BURST = 4
_TIER_PER_MINUTE = {1: 1, 2: 20, 3: 50, 4: 100}
# A first tier call opens a connection; a reconnect right after a `disconnect` must be possible.
_TIER_BURST = {1: 10, 2: 20, 3: 50, 4: 100}
_TIER = {
    "apps.connections.open": 1,
    "conversations.list": 2,
    "usergroups.list": 2,
    "usergroups.users.list": 2,
    "users.list": 2,
    "chat.update": 3,
    "chat.delete": 3,
    "conversations.history": 3,
    "conversations.info": 3,
    "conversations.join": 3,
    "conversations.members": 4,
    "conversations.open": 3,
    "conversations.replies": 3,
    "reactions.add": 3,
    "users.lookupByEmail": 3,
    "chat.postEphemeral": 4,
    "files.completeUploadExternal": 4,
    "files.delete": 3,
    "files.getUploadURLExternal": 4,
    "files.info": 4,
    "users.info": 4,
    "views.open": 4,
    "views.publish": 4,
    "views.push": 4,
    "views.update": 4,
}
_WORKSPACE_POSTS_PER_MINUTE = 300


@dataclass(slots=True)
class _Bucket:
    rate: float  # tokens a second
    burst: float
    left: float
    at: float

    def wait(self, now: float) -> float:
        """Take one token; 0.0 when there was one, else the seconds until there is."""
        self.left = min(self.burst, self.left + (now - self.at) * self.rate)
        self.at = now
        if self.left >= 1:
            self.left -= 1
            return 0.0
        return (1 - self.left) / self.rate


class Rates:
    """One application's allowances in one workspace."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._buckets: dict[tuple[str, str], _Bucket] = {}

    def retry_after(self, method: str, channel: str = "") -> int | None:
        """Count a call. None when it may pass, else the whole seconds to wait."""
        if method == "chat.postMessage":
            wait = self._take(method, channel, 1.0, POST_BURST)
            if not wait:
                wait = self._take(method, "*", _WORKSPACE_POSTS_PER_MINUTE / 60, _WORKSPACE_POSTS_PER_MINUTE)
        elif (tier := _TIER.get(method)) is not None:
            wait = self._take(method, "*", _TIER_PER_MINUTE[tier] / 60, _TIER_BURST[tier])
        else:
            return None
        return max(1, math.ceil(wait)) if wait else None

    def _take(self, method: str, key: str, rate: float, burst: float) -> float:
        now = self._clock()
        bucket = self._buckets.get((method, key))
        if bucket is None:
            bucket = self._buckets[method, key] = _Bucket(rate, burst, burst, now)
        return bucket.wait(now)
