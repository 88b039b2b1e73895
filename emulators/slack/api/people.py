"""users.*, auth.test and apps.connections.open: who is who."""

from emulators.slack.api.arguments import Refusal, needed, page
from emulators.slack.channels import Json
from emulators.slack.workspace import Workspace


def auth_test(workspace: Workspace, _: Json) -> Json:
    return {
        "url": f"https://{workspace.domain}.slack.com/",
        "team": workspace.name,
        "user": workspace.bot_name,
        "team_id": workspace.team_id,
        "user_id": workspace.bot_user,
        "bot_id": workspace.bot_id,
        "is_enterprise_install": False,
    }


def info(workspace: Workspace, arguments: Json) -> Json:
    person = workspace.people.get(needed(arguments, "user"))
    if person is None:
        raise Refusal("user_not_found")
    return {"user": person.as_json()}


def by_email(workspace: Workspace, arguments: Json) -> Json:
    wanted = needed(arguments, "email").casefold()
    for person in workspace.people.values():
        if person.email is not None and person.email.casefold() == wanted and not person.deleted:
            return {"user": person.as_json()}
    raise Refusal("users_not_found")


def listed(workspace: Workspace, arguments: Json) -> Json:
    answer = page([each.as_json() for each in workspace.people.values()], arguments, "members")
    del answer["has_more"]
    return {**answer, "cache_ts": int(workspace.clock())}


def groups(workspace: Workspace, _: Json) -> Json:
    """Slack gives no pages of them."""
    shown = [
        {"id": group_id, "team_id": workspace.team_id, "is_usergroup": True, "name": handle, "handle": handle}
        for group_id, (handle, _) in workspace.usergroups.items()
    ]
    return {"usergroups": shown}


def in_group(workspace: Workspace, arguments: Json) -> Json:
    group = workspace.usergroups.get(needed(arguments, "usergroup"))
    if group is None:
        raise Refusal("no_such_subteam")
    return {"users": list(group[1])}


def connections_open(workspace: Workspace, _: Json) -> Json:
    base = workspace.sockets.via or workspace.base_url.replace("http://", "ws://", 1)
    return {"url": f"{base}/_socket?ticket={workspace.sockets.ticket()}&app_id={workspace.app_id}"}


METHODS = {
    "auth.test": auth_test,
    "users.info": info,
    "users.lookupByEmail": by_email,
    "users.list": listed,
    "usergroups.list": groups,
    "usergroups.users.list": in_group,
    "apps.connections.open": connections_open,
}
