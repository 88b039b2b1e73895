"""The stack of modals on one person's screen, and what an app's answer to a submission does to it."""

import secrets
from typing import TYPE_CHECKING, Any

from emulators.slack import forms
from emulators.slack.blocks import view_problems, with_ids
from emulators.slack.channels import Json
from emulators.slack.surfaces import STACK_LIMIT, stored

if TYPE_CHECKING:
    from emulators.slack.person import Person
    from emulators.slack.workspace import Workspace


def make(workspace: "Workspace", view: Json, *, under: Json | None = None, view_id: str | None = None) -> Json:
    """A view as Slack keeps it, in the workspace's record. `under` is the view below it in the stack."""
    view_id = view_id or workspace.mint.id("V")
    made = stored(
        view,
        with_ids(view["blocks"]),
        {
            "id": view_id,
            "team_id": workspace.team_id,
            "hash": f"{workspace.clock():.0f}.{secrets.token_hex(4)}",
            "root_view_id": under["root_view_id"] if under is not None else view_id,
            "previous_view_id": under["id"] if under is not None else None,
            "app_id": workspace.app_id,
            "app_installed_team_id": workspace.team_id,
            "bot_id": workspace.bot_id,
        },
    )
    workspace.views[view_id] = made
    return made


def open_first(workspace: "Workspace", person: "Person", view: Json) -> Json:
    """Show a modal. One that was open goes away: a screen has one."""
    forget(workspace, person, list(person.screen.modals))
    made = make(workspace, view)
    person.screen.modals.append(made)
    return made


def push(workspace: "Workspace", person: "Person", view: Json) -> Json | None:
    """Put a view on top of the open modal; None when three are there already."""
    if len(person.screen.modals) >= STACK_LIMIT:
        return None
    top = person.screen.modals[-1] if person.screen.modals else None
    made = make(workspace, view, under=top)
    person.screen.modals.append(made)
    return made


def replace(workspace: "Workspace", old: Json, view: Json) -> Json:
    """Redraw a view in place: same id, new hash. What a person entered stays in inputs that stay."""
    made = make(workspace, view, view_id=old["id"])
    made["state"] = {"values": forms.kept(old["state"]["values"], made["blocks"])}
    made["root_view_id"], made["previous_view_id"] = old["root_view_id"], old["previous_view_id"]
    for person in workspace.people.values():
        screen = person.screen
        screen.modals = [made if each["id"] == old["id"] else each for each in screen.modals]
        if screen.home is not None and screen.home["id"] == old["id"]:
            screen.home = made
    return made


def forget(workspace: "Workspace", person: "Person", views: list[Json]) -> None:
    gone = {each["id"] for each in views}
    person.screen.modals = [each for each in person.screen.modals if each["id"] not in gone]
    for view_id in gone:
        workspace.views.pop(view_id, None)


def carry_out(
    workspace: "Workspace", person: "Person", view: Json, body: Any
) -> tuple[str, dict[str, str], Json | None]:
    """Do what the app answered to a submission: (outcome, errors by block_id, the view that is shown then).

    An answer that Slack would not understand leaves the view open and the person with "trouble connecting".
    """
    current = workspace.views.get(view["id"], view)
    if body in ("", {}, None):
        forget(workspace, person, [current])
        return "closed", {}, person.screen.modals[-1] if person.screen.modals else None
    action = body.get("response_action") if isinstance(body, dict) else None
    if action == "clear":
        forget(workspace, person, list(person.screen.modals))
        return "cleared", {}, None
    if action == "errors":
        return _errors(current, body.get("errors"))
    if action not in ("update", "push"):
        return "failed", {"": f"not understood: {body!r:.200}"}, current
    if problems := view_problems(body.get("view"), workspace.files.refused):
        return "failed", {"": "; ".join(problems)}, current
    shown = replace(workspace, current, body["view"]) if action == "update" else push(workspace, person, body["view"])
    if shown is None:
        return "failed", {"": "push_limit_reached"}, current
    return ("updated" if action == "update" else "pushed"), {}, shown


def _errors(view: Json, errors: Any) -> tuple[str, dict[str, str], Json]:
    """Slack shows errors only under input blocks of the view, and needs at least one."""
    inputs = {block["block_id"] for block in view["blocks"] if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not set(errors) <= inputs:
        return "failed", {"": f"errors must name input blocks, got {errors!r:.200}"}, view
    return "errors", {str(block): str(words) for block, words in errors.items()}, view
