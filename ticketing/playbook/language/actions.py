"""The section `actions`, as it is written: calls of other systems over HTTP, declared and not programmed."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StrictBool, StringConstraints

from ticketing.playbook.language.written import Entry, Expression, Hint, Key, Label, Length, Name, Names

METHODS = ("get", "post", "put", "patch", "delete")
Url = Annotated[str, StringConstraints(min_length=1, max_length=1000, strip_whitespace=True)]
HeaderText = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
Purpose = Annotated[str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True)]
ValueKind = Literal["text", "number", "yes_no", "date", "texts"]
Data = Any


def _kind(value: Any) -> Any:
    return {"kind": value} if isinstance(value, str) else value


class Parameter(Entry):
    """Something that whoever calls an action gives it. `order: text` is enough."""

    kind: ValueKind = Field("text", description="what its values are")
    description: Hint | None = Field(None, description="what it means, for the AI and for people")
    options: Annotated[Names, Field(min_length=1, max_length=100)] | None = Field(
        None, description="of text: one of these"
    )
    required: StrictBool = Field(True, description="whether it has to be given")


class Result(Entry):
    """One value of an answer."""

    path: Name = Field(description="where it stands in the answer: `total.amount`, `items.0.sku`")
    kind: ValueKind = Field("text", description="what it is. What is something else there is null")


class HttpAction(Entry):
    """Something to be done in another system. It has one of `get`, `post`, `put`, `patch`, `delete`."""

    label: Label = Field(description="what people read")
    description: Purpose = Field(description="what it does, for the AI and for people")
    get: Url | None = Field(
        None,
        description="the address that is called, with places: `https://shop.example/orders/{{order}}`, or "
        "`{{secret.shop_url}}/orders/{{order}}`",
    )
    post: Url | None = Field(None, description="likewise")
    put: Url | None = Field(None, description="likewise")
    patch: Url | None = Field(None, description="likewise")
    delete: Url | None = Field(None, description="likewise")
    writes: StrictBool | None = Field(
        None,
        description="whether it changes something. Left out: all but `get` do. A write needs `may` and `idempotent`",
    )
    may: Names | None = Field(None, description="who may call it: `ai`, `agent`, `automation`. A read: all of them")
    idempotent: StrictBool | None = Field(
        None, description="whether the same Idempotency-Key, which every write carries, does it once"
    )
    timeout: Length | None = Field(None, description="it is not waited for longer. Left out: 10s; 60s at most")
    approval: Expression | None = Field(
        None, description="a condition over `arguments`, `ticket`, `customer`: where it holds, a person agrees first"
    )
    parameters: Annotated[dict[Key, Annotated[Parameter, BeforeValidator(_kind)]], Field(max_length=30)] = Field(
        {}, description="what whoever calls it gives"
    )
    headers: Annotated[dict[Name, HeaderText], Field(max_length=30)] = Field(
        {}, description="`Name:` text with places: `Authorization: 'Bearer {{secret.shop_token}}'`"
    )
    body: Data = Field(
        None,
        alias="json",
        description="what is sent. A text that is one place alone becomes its value: a number stays one",
    )
    result: Annotated[dict[Key, Result], Field(max_length=100)] = Field({}, description="what is taken of the answer")
    fills: dict[Key, Name] = Field({}, description="`field:` the name of a result that fills it")
