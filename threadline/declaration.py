"""`action`: a typed async function becomes something that the AI, automations and agents can call.

What is wrong with a declaration is said when its module is imported, and never when a customer writes.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Generic, overload

from pydantic import TypeAdapter
from typing_extensions import ParamSpec, TypeVar

from threadline import checking, signature
from threadline.shape import Shape, Sort
from threadline.values import Json

AI, AGENT, AUTOMATION = "ai", "agent", "automation"
CALLERS = frozenset({AI, AGENT, AUTOMATION})
TIMEOUT = 10.0  # seconds

P = ParamSpec("P", default=...)
R = TypeVar("R", default=Any)


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    shape: Shape
    required: bool
    description: str = ""


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """What an action says of itself. Pure: nothing here can call it."""

    name: str
    description: str
    writes: bool  # it changes something in another system
    may: frozenset[str]  # who may call it: ai, agent, automation
    idempotent: bool  # called again with the same key it does nothing twice
    timeout: float  # seconds
    approval: str | None  # CEL over `arguments`, `ticket`, `customer`: where it holds, a person approves first
    fills: Mapping[str, str] = field(hash=False)  # key of a custom field -> dotted path in the result
    parameters: tuple[Parameter, ...]
    result: Shape
    parameters_schema: Mapping[str, Json] = field(hash=False)  # JSON schema, as a model's tools take it

    @property
    def arguments(self) -> Shape:
        """All parameters as one group: what `arguments` is in conditions."""
        return Shape(Sort.GROUP, members=MappingProxyType({each.name: each.shape for each in self.parameters}))


@dataclass(frozen=True, slots=True)
class Action(Generic[P, R]):
    """A declared function. It can be called like any other; nothing is checked then."""

    spec: ActionSpec
    function: Callable[P, Awaitable[R]]
    arguments: TypeAdapter[dict[str, Any]] = field(repr=False, compare=False)  # reads them; those not given stay out
    defaults: Mapping[str, Any] = field(repr=False, compare=False)  # of arguments that are not given
    result: TypeAdapter[Any] = field(repr=False, compare=False)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Awaitable[R]:
        return self.function(*args, **kwargs)


@overload
def action(function: Callable[P, Awaitable[R]], /) -> Action[P, R]: ...


@overload
def action(
    *,
    name: str | None = None,
    writes: bool = False,
    may: Collection[str] | None = None,
    idempotent: bool | None = None,
    timeout: float = TIMEOUT,
    approval: str | None = None,
    fills: Mapping[str, str] | None = None,
) -> Callable[[Callable[P, Awaitable[R]]], Action[P, R]]: ...


def action(
    function: Callable[..., Awaitable[Any]] | None = None,
    /,
    *,
    name: str | None = None,
    writes: bool = False,
    may: Collection[str] | None = None,
    idempotent: bool | None = None,
    timeout: float = TIMEOUT,
    approval: str | None = None,
    fills: Mapping[str, str] | None = None,
) -> Any:
    """Declare an async function as an action. Its first parameter is the Context; its docstring says what it does.

    `may`: who may call it, among ai, agent and automation; a write has to say so. `idempotent`: a write says whether
    the same idempotency key does it once. `timeout`: seconds. `approval`: a condition (CEL) over `arguments`, `ticket`
    and `customer`. `fills`: key of a custom field -> dotted path in the result.

    Raises DeclarationError, naming the function, what is wrong and what to do.
    """

    def declare(function: Callable[..., Awaitable[Any]]) -> Action[..., Any]:
        called = name if name is not None else getattr(function, "__name__", "")
        with checking.telling(called, function):
            checking.check_name(called)
            declared = signature.read(function)
            callers = checking.callers(may, known=CALLERS, writes=writes)
            once = checking.idempotent(idempotent, writes=writes)
            spec = ActionSpec(
                name=called,
                description=declared.description,
                writes=writes,
                may=callers,
                idempotent=once,
                timeout=checking.timeout(timeout),
                approval=checking.approval(approval),
                fills=checking.fills(fills or {}, declared.result_shape),
                parameters=tuple(Parameter(*each) for each in declared.parameters),
                result=declared.result_shape,
                parameters_schema=declared.schema,
            )
        return Action(spec, function, declared.arguments, declared.defaults, declared.result)

    return declare if function is None else declare(function)
