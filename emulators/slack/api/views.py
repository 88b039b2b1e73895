"""views.*: modals and home tabs."""

import json

from emulators.slack import modals
from emulators.slack.api.arguments import Refusal, decoded, needed
from emulators.slack.blocks import MOST_VIEW_BYTES, view_problems
from emulators.slack.channels import Json
from emulators.slack.person import Person
from emulators.slack.surfaces import Trigger
from emulators.slack.workspace import Workspace


def open_view(workspace: Workspace, arguments: Json) -> Json:
    view = _view(workspace, arguments, "modal")
    person, _ = _exchange(workspace, arguments)
    return {"view": modals.open_first(workspace, person, view)}


def push(workspace: Workspace, arguments: Json) -> Json:
    view = _view(workspace, arguments, "modal")
    person, trigger = _exchange(workspace, arguments)
    if trigger.stack is None or not person.screen.modals:
        raise Refusal("not_found")
    pushed = modals.push(workspace, person, view)
    if pushed is None:
        raise Refusal("push_limit_reached")
    return {"view": pushed}


def update(workspace: Workspace, arguments: Json) -> Json:
    external = arguments.get("external_id")
    view_id = arguments.get("view_id")
    if not view_id and not external:
        raise Refusal("invalid_arguments", ["[ERROR] missing required field: view_id"])
    old = workspace.views.get(str(view_id)) if view_id else _by_external_id(workspace, str(external))
    if old is None:
        raise Refusal("not_found")
    view = _view(workspace, arguments, old["type"], replacing=old)
    if arguments.get("hash") and arguments["hash"] != old["hash"]:
        raise Refusal("hash_conflict")
    return {"view": modals.replace(workspace, old, view)}


def publish(workspace: Workspace, arguments: Json) -> Json:
    person = workspace.people.get(needed(arguments, "user_id"))
    if person is None:
        raise Refusal("user_not_found")
    old = person.screen.home
    view = _view(workspace, arguments, "home", replacing=old)
    if arguments.get("hash") and old is not None and arguments["hash"] != old["hash"]:
        raise Refusal("hash_conflict")
    person.screen.home = modals.make(workspace, view, view_id=old["id"] if old is not None else None)
    return {"view": person.screen.home}


def _view(workspace: Workspace, arguments: Json, kind: str, *, replacing: Json | None = None) -> Json:
    view = decoded(arguments, "view", "invalid_arguments")
    if view is None:
        raise Refusal("invalid_arguments", ["[ERROR] missing required field: view"])
    if problems := view_problems(view, workspace.files.refused):
        raise Refusal("invalid_arguments", problems)
    if view["type"] != kind:
        raise Refusal("invalid_arguments", [f"[ERROR] must be a {kind} view [json-pointer:/view/type]"])
    if len(json.dumps(view)) > MOST_VIEW_BYTES:
        raise Refusal("view_too_large")
    if external := view.get("external_id"):
        other = _by_external_id(workspace, external)
        if other is not None and other is not replacing:
            raise Refusal("duplicate_external_id")
    return dict(view)


def _by_external_id(workspace: Workspace, external_id: str) -> Json | None:
    return next((each for each in workspace.views.values() if each["external_id"] == external_id), None)


def _exchange(workspace: Workspace, arguments: Json) -> tuple[Person, Trigger]:
    """Use up a trigger. It is good for one view, for three seconds."""
    trigger = workspace.triggers.get(needed(arguments, "trigger_id"))
    if trigger is None:
        raise Refusal("invalid_trigger_id")
    if trigger.used:
        raise Refusal("exchanged_trigger_id")
    if workspace.clock() > trigger.until:
        raise Refusal("expired_trigger_id")
    trigger.used = True
    return workspace.people[trigger.user], trigger


METHODS = {"views.open": open_view, "views.push": push, "views.update": update, "views.publish": publish}
