"""From plain data to the document's models, with every misspelled, missing or misplaced part told in words.

What is broken is taken out whole (a type, a lifecycle, a field), so that everything else can still be checked.
"""

from copy import deepcopy
from difflib import get_close_matches
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from ticketing.playbook.closest import closest
from ticketing.playbook.language.models import RESERVED, RESERVED_ACTIONS, RESERVED_OF_TYPES, Document
from ticketing.playbook.language.problems import Path, Report
from ticketing.playbook.language.reading import Node

Broken = dict[str, set[str]]  # section to keys: they exist, and nothing more is known of them
SECTIONS = {
    *("categories", "types", "lifecycles", "fields", "approvals", "replies", "calendars", "sla"),
    *("actions", "recipes", "policies"),
}
ALL = "*"  # among the broken keys of a section: nothing is known of it


def shape(root: Node, report: Report) -> tuple[Document, Broken]:
    """The document without what is broken."""
    data = _without_later(root, report)
    broken: Broken = {section: set() for section in SECTIONS}
    try:
        document = Document.model_validate(data)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            _tell(detail, root, report)
            _take_out(detail, data, broken)
        document = Document.model_validate(data)
    for section in ("categories", "types", "lifecycles"):
        if not data[section] and not broken[section]:
            report.add((section,), f"{section} is empty", "A playbook needs one at least.")
    return document, broken


def _without_later(root: Node, report: Report) -> dict[str, Any]:
    """A copy without the sections that this version does not know yet."""
    data = deepcopy(root.data) if isinstance(root.data, dict) else {}
    for key in RESERVED & data.keys():
        report.add((key,), f"{key} is not in this version yet", "Take the section out.", at_key=True)
        del data[key]
    return data


_PLAIN: dict[str, Any] = {"playbook": "?", "language": 1}  # instead of what is broken, to go on with
# Without these, an entry would be told to lack what it has, only wrongly.
_NEEDED = {"by", "options", "currency", "expires", "ai", "asks", "facts", "sets", "fills", "with"}


def _take_out(detail: ErrorDetails, data: dict[str, Any], broken: Broken) -> None:
    """As little as can be left out: a key that is unknown or may be missing, or else the whole entry."""
    loc = detail["loc"]
    section = str(loc[0]) if loc else ""
    if section in _PLAIN:
        data[section] = _PLAIN[section]
    elif section not in SECTIONS:
        data.pop(section, None)
        if section not in Document.model_fields and (meant := get_close_matches(section, SECTIONS, n=1)):
            broken[meant[0]].add(ALL)
    elif len(loc) == 1:
        data[section] = {}
        broken[section].add(ALL)
    elif not _take_out_key(detail, data):
        data[section].pop(str(loc[1]), None)
        broken[section].add(str(loc[1]))


def _take_out_key(detail: ErrorDetails, data: dict[str, Any]) -> bool:
    """Whether it is enough to leave one key out; then it is."""
    loc = detail["loc"]
    around: Any = data
    for depth, step in enumerate(loc):
        if not isinstance(around, dict):
            item = isinstance(around, list) and isinstance(step, int) and step < len(around)
            around = around[int(step)] if item else {}
            continue
        unknown = depth == len(loc) - 1 and detail["type"] == "extra_forbidden"
        if unknown or (depth > 1 and _may_be_left_out(loc[:depth], str(step))):
            around.pop(str(step), None)
            return True
        around = around.get(str(step), {})
    return False


def _may_be_left_out(loc: Path, key: str) -> bool:
    field = _keys(_model_at(loc)).get(key)
    return field is not None and not field.is_required() and key not in _NEEDED


def _keys(model: type[BaseModel] | None) -> dict[str, FieldInfo]:
    """The keys of a mapping, as they are written."""
    return {field.alias or name: field for name, field in model.model_fields.items()} if model else {}


def _tell(detail: ErrorDetails, root: Node, report: Report) -> None:
    """One of pydantic's errors in the words of somebody who writes playbooks."""
    loc = tuple(step for step in detail["loc"] if step != "[key]")
    name = str(loc[-1]) if loc else ""
    kind = detail["type"]
    if kind == "missing":
        _missing(loc, name, root, report)
    elif kind == "extra_forbidden":
        _extra(loc, name, report)
    elif "[key]" in detail["loc"] and kind == "literal_error":
        message, hint = _choice(detail.get("ctx", {}), detail["input"], f"A key of {_named(loc[:-1])}")
        report.add(loc, message, hint, at_key=True)
    elif "[key]" in detail["loc"] and kind == "value_error":
        report.add(loc, str(detail.get("ctx", {})["error"]), at_key=True)
    elif "[key]" in detail["loc"] and loc[-2:-1] == ("in",):
        report.add(loc, f'"{name}" is no language', "Write its tag: de, pt, pt-BR.", at_key=True)
    elif "[key]" in detail["loc"]:
        hint = "Keys have small letters, digits and _, begin with a letter, and have 40 characters at most."
        report.add(loc, f'"{name}" cannot be a key', hint, at_key=True)
    else:
        words, hint = _words(kind, detail.get("ctx", {}), detail["input"], _named(loc))
        report.add(_written(loc, root), words, hint)


def _missing(loc: Path, name: str, root: Node, report: Report) -> None:
    if _is_empty(loc, root):
        return  # told already: "… is empty"
    around = loc[:-1]
    what = "The playbook" if not around else _named(around)
    purpose = _description(loc)
    report.add(around, f"{what} has no {name}", f"Add a line {name}: {purpose}." if purpose else "", at_key=True)


def _is_empty(loc: Path, root: Node) -> bool:
    node: Node | None = root
    for step in loc[:-1]:
        node = node.child(step) if node else None
    return node is not None and str(loc[-1]) in node.keys and node.child(loc[-1]) is None


def _extra(loc: Path, name: str, report: Report) -> None:
    if len(loc) > 2 and loc[-3] in ("on_enter", "on_leave") and name in RESERVED_ACTIONS:
        report.add(loc, f"{name} is not in this version yet", "Take the action out.", at_key=True)
        return
    if len(loc) == 3 and loc[0] == "types" and name in RESERVED_OF_TYPES:
        report.add(loc, f"{name} of a type is not in this version yet", "Take it out.", at_key=True)
        return
    model = _model_at(loc[:-1])
    known = list(_keys(model))
    where = f"{_named(loc[:-1])} has" if loc[:-1] else "A playbook has"
    report.add(loc, f"{where} no {name}", closest(name, known), at_key=True)


def _named(loc: Path) -> str:
    """ "status new" for ("lifecycles", "return", "statuses", "new"); "by" for a plain value."""
    singular = {
        "types": "Type",
        "lifecycles": "Lifecycle",
        "statuses": "Status",
        "fields": "Field",
        "approvals": "Approval",
        "replies": "Reply",
        "calendars": "Calendar",
        "sla": "SLA policy",
        "actions": "Action",
        "parameters": "Parameter",
        "result": "Result",
        "tiers": "Tier",
        "escalation": "This step",
        "escalate": "This escalation",
        "recipes": "Recipe",
        "policies": "Policy",
        "facts": "Fact",
        "rules": "This rule",
        "then": "This step",
        "transitions": "This transition",
        "on_enter": "This action",
        "on_leave": "This action",
        "categories": "Category",
        "options": "Option",
        "examples": "This example",
    }
    if len(loc) >= 2 and loc[-2] in singular:
        what = singular[str(loc[-2])]
        return what if isinstance(loc[-1], int) else f"{what} {loc[-1]}"
    if loc and isinstance(loc[-1], int):
        return f"An item of {_plain(loc[:-1])}"
    return _plain(loc)


def _plain(loc: Path) -> str:
    return next((str(step) for step in reversed(loc) if isinstance(step, str)), "The playbook")


def _written(loc: Path, root: Node) -> Path:
    """Without the steps that stand only in pydantic's path, like the index of a list that was written as one."""
    node: Node = root
    for depth, step in enumerate(loc):
        child = node.child(step)
        if child is None:
            return loc[:depth]
        node = child
    return loc


_SIMPLE = {
    "string_type": "has to be text",
    "bool_type": "has to be true or false",
    "int_type": "has to be a whole number",
    "int_parsing": "has to be a whole number",
    "int_from_float": "has to be a whole number",
    "decimal_type": "has to be a number",
    "decimal_parsing": "has to be a number",
    "list_type": "has to be a list",
    "dict_type": "has to be a mapping: key: value",
    "model_type": "has to be a mapping: key: value",
    "model_attributes_type": "has to be a mapping: key: value",
}


def _words(kind: str, context: dict[str, Any], given: Any, name: str) -> tuple[str, str]:
    """Message and hint."""
    if kind in _SIMPLE:
        hint = "Put it in quotes." if kind == "string_type" and not isinstance(given, list | dict) else ""
        return f"{name} {_SIMPLE[kind]}, and this is {_shown(given)}", hint
    if kind == "literal_error":
        return _choice(context, given, name)
    if kind == "value_error":
        return f"{name}: {context['error']}", ""
    if kind == "string_pattern_mismatch":
        return f"{name}: {_shown(given)} is not written as it has to be", _PATTERNS.get(name.split(" ")[0], "")
    if kind in ("string_too_long", "too_long"):
        most = context.get("max_length")
        return f"{name} is too long", f"{most} characters at most." if kind[0] == "s" else f"{most} at most."
    if kind in ("string_too_short", "too_short"):
        return f"{name} is empty", "Write something, or take the line out."
    if kind in ("greater_than_equal", "less_than_equal"):
        bound = f"at least {context['ge']}" if "ge" in context else f"{context['le']} at most"
        return f"{name} has to be {bound}, and this is {_shown(given)}", ""
    return f"{name} cannot be {_shown(given)}", ""


_PATTERNS = {
    "holidays": "The two letters of a country, or of a part of it: PT, DE-BY.",
    "currency": "Three capital letters, like EUR.",
    "add_tag": "Tags have small letters, digits, - and _.",
    "remove_tag": "Tags have small letters, digits, - and _.",
}


def _choice(context: dict[str, Any], given: Any, name: str) -> tuple[str, str]:
    choices = str(context.get("expected", "")).replace("'", "").replace(" or ", ", ").split(", ")
    if choices == ["1"]:
        return f"{name} has to be 1, and this is {_shown(given)}", "It is the only version of the language so far."
    hint = closest(str(given), choices) if isinstance(given, str) else f"There are: {', '.join(choices)}."
    return f"{name} cannot be {_shown(given)}", hint


def _shown(given: Any) -> str:
    match given:
        case bool():
            return "true" if given else "false"
        case str():
            return f'"{given[:60]}"'
        case dict():
            return "a mapping"
        case list():
            return "a list"
    return f"the number {given}"


def _model_at(loc: Path) -> type[BaseModel] | None:
    """The model of what stands at this place."""
    found: Any = Document
    for step in loc:
        if isinstance(found, type) and issubclass(found, BaseModel):
            field = _keys(found).get(str(step))
            found = _inner(field.annotation) if field else None
        else:
            found = _inner(get_args(found)[-1]) if get_args(found) else None
    return found if isinstance(found, type) and issubclass(found, BaseModel) else None


def _inner(annotation: Any) -> Any:
    """What stands inside of Annotated and optional."""
    while get_origin(annotation) is not None and get_origin(annotation) not in (dict, list):
        annotation = get_args(annotation)[0]
    return annotation


def _description(loc: Path) -> str:
    field = _keys(_model_at(loc[:-1])).get(str(loc[-1]))
    return (field.description or "") if field else ""
