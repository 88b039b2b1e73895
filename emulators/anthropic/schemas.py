"""The part of JSON Schema that structured outputs support: what a schema may say, and whether a value fits it.

Source: platform.claude.com/docs/en/build-with-claude/structured-outputs (JSON Schema limitations)
"""

from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]

_ANYWHERE = {"title", "description", "default", "enum", "const", "anyOf", "allOf", "$ref", "$defs", "definitions"}
_OF_TYPE: Mapping[str, set[str]] = {
    "object": {"properties", "required", "additionalProperties"},
    "array": {"items", "minItems"},
    "string": {"format", "pattern"},
    "integer": set(),
    "number": set(),
    "boolean": set(),
    "null": set(),
}
_FORMATS = {"date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid"}
_PLAIN = (str, int, float, bool, type(None))


class Unsupported(Exception):
    """The schema says something that structured outputs do not support."""


def check(schema: Any) -> None:
    """Raises Unsupported, naming the first thing that is not supported."""
    if not isinstance(schema, dict):
        raise Unsupported("schema must be an object")
    _check(schema, schema, ())


def _check(schema: Any, root: Json, within: tuple[str, ...]) -> None:
    if not isinstance(schema, dict):
        raise Unsupported("a schema must be an object")
    kind = schema.get("type")
    if kind is not None and (not isinstance(kind, str) or kind not in _OF_TYPE):
        raise Unsupported(f"type {kind!r} is not supported")
    allowed = _ANYWHERE | {"type"} | _OF_TYPE.get(kind or "", set())
    for keyword in schema:
        if keyword not in allowed:
            raise Unsupported(f"For '{kind or 'any'}' type, property '{keyword}' is not supported")
    _check_details(schema, kind)
    for name, definition in (schema.get("$defs") or schema.get("definitions") or {}).items():
        _check(definition, root, (*within, f"#/$defs/{name}"))
    if "$ref" in schema:
        if schema["$ref"] in within:
            raise Unsupported(f"recursive schemas are not supported: {schema['$ref']}")
        _check(_resolved(schema["$ref"], root), root, (*within, schema["$ref"]))
    for part in (*schema.get("anyOf", ()), *schema.get("allOf", ()), *schema.get("properties", {}).values()):
        _check(part, root, within)
    if "items" in schema:
        _check(schema["items"], root, within)


def _check_details(schema: Json, kind: str | None) -> None:
    if kind is None and not {"enum", "const", "anyOf", "allOf", "$ref"} & set(schema):
        raise Unsupported("a schema must have a type, anyOf, allOf, $ref, enum or const")
    if kind == "object" and schema.get("additionalProperties") is not False:
        raise Unsupported("For 'object' type, 'additionalProperties' must be explicitly set to false")
    if kind == "object" and not set(schema.get("required", ())) <= set(schema.get("properties", {})):
        raise Unsupported("'required' names a property that does not exist")
    if schema.get("minItems", 0) not in (0, 1):
        raise Unsupported("For 'array' type, 'minItems' values other than 0 or 1 are not supported")
    if kind == "string" and schema.get("format", "uuid") not in _FORMATS:
        raise Unsupported(f"For 'string' type, format {schema['format']!r} is not supported")
    values = schema.get("enum")
    if values is not None and (not values or not all(isinstance(value, _PLAIN) for value in values)):
        raise Unsupported("an enum holds strings, numbers, booleans or null, at least one")


def _resolved(reference: str, root: Json) -> Json:
    found: Any = root
    if not reference.startswith("#/"):
        raise Unsupported(f"external $ref is not supported: {reference}")
    for part in reference[2:].split("/"):
        found = found.get(part) if isinstance(found, dict) else None
    if not isinstance(found, dict):
        raise Unsupported(f"$ref leads nowhere: {reference}")
    return found


_FITS = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
}


def misfit(value: Any, schema: Json, root: Json | None = None, at: str = "answer") -> str | None:
    """The first place where a value does not fit a supported schema, in words. None: it fits."""
    root = root or schema
    if "$ref" in schema:
        return misfit(value, _resolved(schema["$ref"], root), root, at)
    if "enum" in schema and value not in schema["enum"]:
        return f"{at}: {value!r} is none of {schema['enum']}"
    if "const" in schema and value != schema["const"]:
        return f"{at}: {value!r} is not {schema['const']!r}"
    if "anyOf" in schema and all(misfit(value, part, root, at) for part in schema["anyOf"]):
        return f"{at}: {value!r} fits no alternative"
    for part in schema.get("allOf", ()):
        if wrong := misfit(value, part, root, at):
            return wrong
    kind = schema.get("type")
    if kind is not None and not _FITS[kind](value):
        return f"{at}: {value!r} is no {kind}"
    return _misfit_inside(value, schema, root, at)


def _misfit_inside(value: Any, schema: Json, root: Json, at: str) -> str | None:
    if schema.get("type") == "array":
        if len(value) < schema.get("minItems", 0):
            return f"{at}: too few items"
        items = schema.get("items")
        wrong = (misfit(item, items, root, f"{at}[{index}]") for index, item in enumerate(value) if items)
        return next((each for each in wrong if each), None)
    if schema.get("type") == "object":
        known = schema.get("properties", {})
        for name in schema.get("required", ()):
            if name not in value:
                return f"{at}: {name} is missing"
        for name, inner in value.items():
            if name not in known:
                return f"{at}: {name} is not foreseen"
            if wrong_inside := misfit(inner, known[name], root, f"{at}.{name}"):
                return wrong_inside
    return None


def smallest(schema: Json, root: Json | None = None) -> Any:
    """A value that fits, with as little in it as possible."""
    root = root or schema
    if "$ref" in schema:
        return smallest(_resolved(schema["$ref"], root), root)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        plain = [part for part in schema["anyOf"] if part.get("type") == "null"]
        return smallest((plain or schema["anyOf"])[0], root)
    match schema.get("type"):
        case "object":
            known = schema.get("properties", {})
            return {name: smallest(known[name], root) for name in schema.get("required", ())}
        case "array":
            return [smallest(schema["items"], root)] if schema.get("minItems") else []
        case kind:
            return {"string": "", "integer": 0, "number": 0.0, "boolean": False}.get(kind or "")


def part_of(schema: Json, name: str, root: Json) -> Json:
    """The schema of a property, references followed. Empty if there is none of that name."""
    found = schema.get("properties", {}).get(name, {})
    if found.get("type") == "array":
        found = found.get("items", {})
    return _resolved(found["$ref"], root) if "$ref" in found else found
