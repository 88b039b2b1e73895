"""The people of a Slack workspace, a channel or a user group, and who of them may be taken into the desk."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from bot.identity import address_of, doubt_about, zone_of
from bot.setup.account import Account
from bot.wire import Json
from core.errors import NotFound

_LONGEST_NAME = 80
_GUEST = "a guest"


@dataclass(frozen=True, slots=True)
class Listed:
    """Somebody in Slack. `why_not`: why they cannot be taken, in words; None: they can."""

    slack_user: str
    name: str
    email: str
    zone: str | None
    why_not: str | None


async def everybody(account: Account) -> AsyncIterator[Listed]:
    """Everybody of the workspace."""
    home = (await account.whoami()).team_id
    async for page in account.pages("users.list", {}, "members"):
        for user in page:
            yield listed(user, home)


async def in_channel(account: Account, channel: str) -> AsyncIterator[Listed]:
    """Who is in it, one question a person: channels are small beside workspaces."""
    home = (await account.whoami()).team_id
    async for page in account.pages("conversations.members", {"channel": channel}, "members"):
        for member in page:
            yield listed(await account.user(str(member)), home)


async def in_group(account: Account, group: str) -> AsyncIterator[Listed]:
    """Who belongs to the user group, by its id (S…) or its @handle. Raises NotFound."""
    home = (await account.whoami()).team_id
    group_id = await _group_id(account, group)
    async for page in account.pages("usergroups.users.list", {"usergroup": group_id}, "users"):
        for member in page:
            yield listed(await account.user(str(member)), home)


async def _group_id(account: Account, group: str) -> str:
    wanted = group.removeprefix("@").casefold()
    async for page in account.pages("usergroups.list", {}, "usergroups"):
        for each in page:
            if wanted in (str(each["id"]).casefold(), str(each.get("handle") or "").casefold()):
                return str(each["id"])
    raise NotFound(f"Slack has no user group {group!r}: write its handle, as people mention it.")


def listed(user: Json, home: str) -> Listed:
    """Pure: one record of Slack's, read for us."""
    profile = user.get("profile") or {}
    named = profile.get("real_name") or user.get("real_name") or profile.get("display_name") or user.get("name") or ""
    doubt = doubt_about(user, home)
    guest = user.get("is_restricted") or user.get("is_ultra_restricted")
    why_not = str(doubt) if doubt is not None else _GUEST if guest else None
    name = " ".join(str(named).split())[:_LONGEST_NAME]
    return Listed(str(user["id"]), name, address_of(user), zone_of(user), why_not)
