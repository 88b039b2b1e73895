"""The section `actions`: refuses a call that could not be made, or that would lead somewhere else than it says."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field, TypeAdapter

from threadline import ActionSpec, DeclarationError, shape_of
from threadline import Parameter as DeclaredParameter
from threadline import checking as rules
from threadline.declaration import CALLERS, TIMEOUT
from threadline.signature import arguments_of, group_of, schema_of
from ticketing.playbook.action_conditions import approval_faults, kind_of
from ticketing.playbook.expressions import RESERVED
from ticketing.playbook.facts import field_kind
from ticketing.playbook.fields import FieldKind
from ticketing.playbook.fitting import fits
from ticketing.playbook.http_actions import CONTEXT, HttpAction, HttpCall
from ticketing.playbook.kinds import Kind
from ticketing.playbook.language import actions as written
from ticketing.playbook.language.http_templates import Templates
from ticketing.playbook.language.names import Known
from ticketing.playbook.language.problems import Path

T = TypeVar("T")
_LONGEST_TEXT = 4000
_KINDS: Mapping[str, Any] = {
    "text": Annotated[str, Field(max_length=_LONGEST_TEXT)],
    "number": Decimal,
    "yes_no": bool,
    "date": datetime,
    "texts": list[str],
}


def http_actions(known: Known) -> dict[str, HttpAction]:
    """Every action, checked. A wrong one is told and left out."""
    entries = known.document.actions
    known.labels(("actions",), [(key, each.label) for key, each in entries.items()], of="Actions")
    made = (_Checked(key, entry, known).action() for key, entry in entries.items())
    return {each.key: each for each in made if each is not None}


class _Checked:
    """One entry on its way to an action."""

    def __init__(self, key: str, entry: written.HttpAction, known: Known) -> None:
        self._key, self._entry, self._known = key, entry, known
        self._path: Path = ("actions", key)
        self._sound = True

    def action(self) -> HttpAction | None:
        entry, call = self._entry, self._call()
        arguments = arguments_of(self._annotations(), optional=self._optional())
        result = self._result()
        spec = self._spec(arguments, result)
        self._check_fills(spec)
        if self._key in (self._known.actions or {}):
            words = f"An action that is installed is called {self._key} already"
            self._told("", words, "Name this one otherwise: it would never be called.")
        if call is None or not self._sound:
            return None
        return HttpAction(self._key, entry.label, spec, call, arguments, TypeAdapter(result))

    def _spec(self, arguments: TypeAdapter[dict[str, Any]], result: Any) -> ActionSpec:
        entry, shape = self._entry, shape_of(result)
        writes = self._method() != "get" if entry.writes is None else entry.writes
        who = self._ruled(
            "may", lambda: rules.callers(entry.may, known=CALLERS, writes=writes), "Add may: [ai, agent]."
        )
        once = self._ruled(
            "idempotent", lambda: rules.idempotent(entry.idempotent, writes=writes), "Add idempotent: true, or false."
        )
        seconds = entry.timeout / timedelta(seconds=1) if entry.timeout else TIMEOUT
        limit = self._ruled("timeout", lambda: rules.timeout(seconds), "60s at most.")
        fills = self._ruled("fills", lambda: rules.fills(entry.fills, shape), "Name one of its results.")
        spec = ActionSpec(
            name=self._key,
            description=" ".join(entry.description.split()),
            writes=writes,
            may=who or CALLERS,
            idempotent=bool(once),
            timeout=limit or TIMEOUT,
            approval=entry.approval,
            fills=fills or {},
            parameters=tuple(self._parameter(name, each) for name, each in entry.parameters.items()),
            result=shape,
            parameters_schema=schema_of(arguments),
        )
        for fault in approval_faults(spec):
            self._told("approval", fault.message, fault.hint, offset=fault.at)
        return spec

    def _check_fills(self, spec: ActionSpec) -> None:
        for key, path in self._entry.fills.items():
            where = ("fills", key)
            self._known.require((*self._path, *where), "fields", "field", key)
            field, shape = self._known.document.fields.get(key), spec.result.at(path)
            if field is None or shape is None:
                continue
            given, wanted = kind_of(shape), field_kind(FieldKind(field.kind), key)
            if isinstance(given, Kind) and not fits(given, wanted):
                words = f"{key} is {field.kind.replace('_', ' ')}, and {path} is {given}"
                self._sound = False
                self._known.report.add((*self._path, *where), words, "Take another result, or say its kind.")

    def _ruled(self, where: str, rule: Callable[[], T], hint: str) -> T | None:
        """The rules are those of actions in code; here they are told as a playbook is written."""
        try:
            return rule()
        except DeclarationError as error:
            self._told(where, error.message.removesuffix("."), hint)
            return None

    def _told(self, where: str, message: str, hint: str, *, offset: int | None = None) -> None:
        self._sound = False
        self._known.report.add((*self._path, where), message, hint, offset=offset)

    def _method(self) -> str:
        named = [method for method in written.METHODS if getattr(self._entry, method) is not None]
        return named[0] if named else "get"

    def _call(self) -> HttpCall | None:
        entry, method = self._entry, self._method()
        named = [each for each in written.METHODS if getattr(entry, each) is not None]
        if len(named) != 1:
            words = "calls nothing" if not named else f"has {' and '.join(named)}"
            self._told("", f"Action {self._key} {words}", "Give it one of get, post, put, patch and delete.")
            return None
        if method == "get" and entry.body is not None:
            self._told("json", "A get has no body", "Put it into the address, or use post.")
        templates = Templates(self._path, entry.parameters, self._known.report)
        origin, path, query = templates.address(method, getattr(entry, method))
        call = HttpCall(
            method=method.upper(),
            origin=origin,
            path=path,
            query=query,
            headers=templates.headers(entry.headers),
            body=templates.body(("json",), entry.body),
            result=MappingProxyType({name: tuple(each.path.split(".")) for name, each in entry.result.items()}),
        )
        templates.tell_unused()
        self._sound = self._sound and templates.sound
        return call

    def _annotations(self) -> dict[str, Any]:
        return {name: self._annotation(name, each) for name, each in self._entry.parameters.items()}

    def _annotation(self, name: str, parameter: written.Parameter) -> Any:
        if name in RESERVED or name in CONTEXT:
            self._told(
                "parameters", f'"{name}" cannot be a parameter: it means something already', "Name it otherwise."
            )
        kind = _KINDS[parameter.kind]
        if parameter.options is not None:
            if parameter.kind != "text":
                self._told("parameters", f"Only a text has options, and {name} is {parameter.kind}", "Leave one out.")
            kind = Literal[tuple(parameter.options)]
        if not parameter.required:
            kind = kind | None
        return Annotated[kind, Field(description=parameter.description)] if parameter.description else kind

    def _optional(self) -> frozenset[str]:
        return frozenset(name for name, each in self._entry.parameters.items() if not each.required)

    def _parameter(self, name: str, parameter: written.Parameter) -> DeclaredParameter:
        shape = shape_of(self._annotation(name, parameter))
        return DeclaredParameter(name, shape, parameter.required, parameter.description or "")

    def _result(self) -> Any:
        """What is not there, or is something else, is null: other systems change."""
        if not self._entry.result:
            return None
        return group_of("Result", {name: _KINDS[each.kind] | None for name, each in self._entry.result.items()})
