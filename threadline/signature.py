"""Reads the signature of an action: parameters, defaults, result, and how their values are validated."""

import inspect
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType, UnionType
from typing import Annotated, Any, NotRequired, Required, Union, get_args, get_origin, get_type_hints

from pydantic import ConfigDict, PydanticUserError, TypeAdapter, ValidationError, with_config
from pydantic.errors import PydanticSchemaGenerationError
from pydantic.fields import FieldInfo
from typing_extensions import TypedDict

from threadline.context import Context
from threadline.errors import DeclarationError
from threadline.shape import Shape
from threadline.shapes import shape_of
from threadline.values import Json

_PLAIN = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


@dataclass(frozen=True, slots=True)
class Declared:
    """What a function's own words say of an action."""

    description: str
    parameters: tuple[tuple[str, Shape, bool, str], ...]  # name, shape, required, description
    schema: Mapping[str, Json]
    arguments: TypeAdapter[dict[str, Any]]
    defaults: Mapping[str, Any]
    result_shape: Shape
    result: TypeAdapter[Any]


def read(function: Any) -> Declared:
    """Raises DeclarationError."""
    if not inspect.iscoroutinefunction(function):
        raise DeclarationError("It is no async function.", hint="Write: async def ….")
    hints = _hints(function)
    given = _parameters(function, hints)
    if "return" not in hints:
        raise DeclarationError("It does not say what it returns.", hint="Annotate it: -> …, or -> None.")
    defaults = {each.name: each.default for each in given if each.default is not each.empty}
    arguments = arguments_of({each.name: hints[each.name] for each in given}, optional=defaults)
    return Declared(
        description=_description(function),
        parameters=tuple(_parameter(each, hints[each.name]) for each in given),
        schema=schema_of(arguments),
        arguments=arguments,
        defaults=MappingProxyType(defaults),
        result_shape=shape_of(hints["return"]),
        result=_adapter(hints["return"], "its result"),
    )


def _description(function: Any) -> str:
    """The first paragraph of the docstring, in one line."""
    paragraph = (inspect.getdoc(function) or "").split("\n\n")[0]
    if not (words := " ".join(paragraph.split())):
        raise DeclarationError("It does not say what it does.", hint="Write a docstring: the AI and people read it.")
    return words


def _hints(function: Any) -> dict[str, Any]:
    try:
        return get_type_hints(function, include_extras=True)
    except (NameError, TypeError) as error:
        raise DeclarationError(
            f"Its annotations cannot be read: {error}.", hint="Import what they name at the top of the module."
        ) from error


def _parameters(function: Any, hints: Mapping[str, Any]) -> list[inspect.Parameter]:
    """All but the context."""
    context, *others = inspect.signature(function).parameters.values() or (None,)
    if context is None or hints.get(context.name) is not Context:
        raise DeclarationError("Its first parameter is not the context.", hint="Write: (context: Context, …).")
    for each in others:
        if each.kind not in _PLAIN:
            raise DeclarationError(f"Its parameter {each} has no name to be called by.", hint="Name each parameter.")
        if each.name not in hints:
            raise DeclarationError(f"Its parameter {each.name} has no annotation.", hint=f"Write {each.name}: str, ….")
    return others


def _parameter(parameter: inspect.Parameter, annotation: object) -> tuple[str, Shape, bool, str]:
    try:
        shape = shape_of(annotation)
        if parameter.default is not parameter.empty:
            _adapter(annotation, "it").validate_python(parameter.default, strict=True)
    except ValidationError as error:
        raise DeclarationError(
            f"The default of its parameter {parameter.name} is none of the values that it takes.",
            hint="Change the default, or the annotation: … | None.",
        ) from error
    except DeclarationError as error:
        raise DeclarationError(f"Its parameter {parameter.name}: {error.message}", hint=error.hint) from error
    return parameter.name, shape, parameter.default is parameter.empty, _said(annotation)


def _said(annotation: object) -> str:
    """What Annotated[…, Field(description=…)] says; of `Annotated[…] | None` too."""
    of = get_args(annotation)
    if get_origin(annotation) in (Union, UnionType):
        return next(filter(None, map(_said, of)), "")
    if get_origin(annotation) is not Annotated:
        return ""
    said = next((each.description for each in of[1:] if isinstance(each, FieldInfo) and each.description), None)
    return said or _said(of[0])


def arguments_of(members: Mapping[str, Any], *, optional: Collection[str] = ()) -> TypeAdapter[dict[str, Any]]:
    """Reads the arguments of an action: name -> annotation. Those of `optional` may be left out.

    Raises DeclarationError.
    """
    typed = {name: (NotRequired if name in optional else Required)[each] for name, each in members.items()}
    # Whatever nobody declared is refused: a model that makes up an argument has not understood the action.
    return _adapter(with_config(ConfigDict(extra="forbid"))(group_of("Arguments", typed)), "its arguments")


def group_of(name: str, members: Mapping[str, Any]) -> Any:
    """An annotation whose values are dictionaries with these members: name -> annotation."""
    made: Any = TypedDict(name, members)  # type: ignore[misc]  # mypy wants the members written out
    return made


def schema_of(arguments: TypeAdapter[dict[str, Any]]) -> Mapping[str, Json]:
    """JSON schema of arguments, as a model's tools take it."""
    schema: dict[str, Json] = arguments.json_schema()
    schema.pop("title", None)
    return MappingProxyType(schema)


def _adapter(annotation: Any, what: str) -> TypeAdapter[Any]:
    try:
        return TypeAdapter(annotation)
    except (PydanticUserError, PydanticSchemaGenerationError) as error:
        words = str(error).splitlines()[0]
        raise DeclarationError(
            f"Pydantic cannot read {what}: {words}", hint="Use types that pydantic knows."
        ) from error
