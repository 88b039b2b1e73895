"""Writes `docs/playbook.md` from the models: `make reference`. A test holds the two together."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel

from ticketing.playbook import facts
from ticketing.playbook.fields import FieldKind
from ticketing.playbook.kinds import Kind, Sort
from ticketing.playbook.language import actions, ai, models, resolving_models, written
from ticketing.playbook.language.fields import LONGEST_TEXT, MOST_FILES
from ticketing.playbook.language.reference_texts import CONDITIONS, INTRODUCTION, REFUSED, RESOLVING
from ticketing.playbook.places import PLACES

_SECTIONS: tuple[tuple[str, type[BaseModel], str], ...] = (
    ("The document", models.Document, ""),
    ("A type", models.TicketType, "Under `types`, by its key."),
    ("`ai` of a type", ai.TypeAi, ""),
    ("`earns`", ai.Earns, "In `ai` of a type. [How it is measured](ai.md#autonomy-that-is-earned)."),
    ("`budget`", ai.Budget, "In `ai` of a type."),
    ("An escalation to people", ai.Escalate, "In the list `escalate` of a type's `ai`."),
    ("A lifecycle", models.Lifecycle, "Under `lifecycles`, by its key."),
    ("A status", models.Status, "Under `statuses` of a lifecycle, by its key."),
    ("`comes_back`", models.ComesBack, "Of a resolved status; it needs a transition to lead there."),
    ("`moves_on`", models.MovesOn, "It needs a transition that asks for no note and no approval."),
    ("An action", models.Action, "In the lists `on_enter` and `on_leave`. Each does one thing."),
    ("`offer`", models.Offer, "The customer needs a transition to both statuses. Only in `on_enter`."),
    ("A transition", models.Transition, "In the list `transitions` of a lifecycle."),
    ("A field", models.CustomField, "Under `fields`, by its key. It belongs to the types that name it."),
    ("An approval", models.Approval, "Under `approvals`, by its key. A transition names it."),
    ("A saved reply", models.SavedReply, "Under `replies`, by its key."),
    ("A calendar", models.Calendar, "Under `calendars`, by its key. [How time is reckoned](sla.md)."),
    ("An SLA policy", models.SlaPolicy, "Under `sla`, by its key. Types name it."),
    (
        "A tier",
        models.Tier,
        "Under `tiers` of a policy, by the tier's name. Where it promises nothing, the policy does.",
    ),
    ("An action of another system", actions.HttpAction, "Under `actions`, by its key."),
    ("A parameter", actions.Parameter, "Under `parameters` of an action, by its key."),
    ("A result", actions.Result, "Under `result` of an action, by its key."),
    ("A step of escalation", models.Escalation, "In the list `escalation` of a policy."),
    (
        "A recipe",
        resolving_models.Recipe,
        "Under `recipes`, by its key. Types name it. Its fields belong to all of them.",
    ),
    ("A call", resolving_models.Call, "In `do` of a recipe. [Values](#values) say how arguments are written."),
    ("A step that follows", resolving_models.Follow, "In the list `then` of a recipe."),
    ("Buttons", resolving_models.Buttons, "In `offer` of such a step."),
    (
        "A policy",
        resolving_models.Policy,
        "Under `policies`, by the name of the action. [What it may ask about](#names-in-policies).",
    ),
    ("A fact", resolving_models.Fact, "Under `facts` of a policy, by its key."),
    ("A rule", resolving_models.Rule, "In the list `rules` of a policy."),
    ("`otherwise`", resolving_models.Otherwise, "Of a rule. From mild to strict."),
)

_KINDS = {
    FieldKind.TEXT: f"{LONGEST_TEXT:,} characters at most",
    FieldKind.NUMBER: "any decimal number",
    FieldKind.MONEY: "an amount in the field's one currency",
    FieldKind.DROPDOWN: "one of its options",
    FieldKind.MULTI_SELECT: "some of its options",
    FieldKind.DATE: "a day",
    FieldKind.CHECKBOX: "yes or no",
    FieldKind.FILE: f"attachments of the ticket, {MOST_FILES} at most",
}


def reference() -> str:
    """The whole page."""
    return "\n".join((INTRODUCTION, *_tables(), _kinds(), _conditions(), RESOLVING, _places(), _refused()))


def _tables() -> Iterator[str]:
    for title, model, where in _SECTIONS:
        says = f"{(model.__doc__ or '').strip()} {where}".strip()
        yield f"## {title}\n\n{says}\n\n| Key | | Value | Meaning |\n|---|---|---|---|\n{_rows(model)}\n"


def _rows(model: type[BaseModel]) -> str:
    hints = get_type_hints(model, include_extras=True)
    rows = []
    for name, field in model.model_fields.items():
        needed = "**needed**" if field.is_required() else ""
        rows.append(f"| `{field.alias or name}` | {needed} | {_value(hints[name])} | {field.description} |")
    return "\n".join(rows)


_WORDS = (
    (written.Label, "text"),
    (written.Hint, "text, 150 characters"),
    (written.Words, "text, 4,000 characters"),
    (written.Example, "text"),
    (written.Tag, "a tag"),
    (written.Key, "a key"),
    (written.Name, "a name"),
    (written.Pattern, "a regular expression"),
    (written.Expression, "a condition"),
    (written.Length, "a length of time"),
    (written.OpenLength, "a length of time, in `h`, `m`, `s`"),
    (written.Percent, "a share, like `75%`"),
    (written.Percent | Literal["breach"] | None, "a share, like `75%`, or `breach`"),
    (models.Promise, "`priority:` a length of time"),
    (written.Hours, "hours, or `closed`"),
    (written.Country | None, "a country, or a part of it"),
    (dict[written.Urgency, written.Percent], "`priority:` a share"),
    (dict[written.Day, written.Label], "`date:` text"),
    (dict[written.Day, written.Hours], "`date:` hours"),
    (dict[written.Name, written.Hours] | None, "`days:` hours"),
    (dict[written.Name, models.Tier], "`tier:` [a tier](#a-tier)"),
    (dict[written.Tongue, written.Words], "`language:` text"),
    (written.Literally, "[a value](#values)"),
    (written.Literally | None, "[a value](#values)"),
    (resolving_models.Arguments, "`parameter:` [a value](#values)"),
    (dict[written.Key, written.Name], "`field:` a name"),
    (dict[written.Key, written.Expression], "`field:` [a value](#values)"),
    (dict[written.Key, written.Fixed], "`field:` its value as it is"),
    (models.Actions, "list of actions"),
    (actions.Purpose, "text, 500 characters"),
    (actions.Url | None, "an address"),
    (dict[written.Name, actions.HeaderText], "`Name:` text"),
    (actions.Data, "any data"),
    (Decimal, "a number"),
    (timedelta, "a length of time"),
    (bool, "`true`, `false`"),
    (int, "a whole number"),
    (str, "text"),
)


def _value(annotation: Any) -> str:
    """What a key may hold, in words."""
    for known, words in _WORDS:
        if annotation == known:
            return words
    origin, given = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return ", ".join(f"`{'true' if each is True else each}`" for each in given)
    if origin in (Union, UnionType):
        kinds = [_value(each) for each in given if each is not NoneType]
        return kinds[0] if len(kinds) == 1 else "`true`, `false` or a condition"
    if origin is Annotated:
        return _value(given[0])
    if origin is list:
        return "list of names" if given[0] == written.Name else f"list of {_plural(given[0])}"
    if origin is dict:
        return f"`key:` {_value(given[1])}"
    return f"[{_title(annotation)}](#{_anchor(annotation)})"


def _plural(annotation: Any) -> str:
    return "texts" if annotation == written.Example else _value(annotation)


def _title(model: Any) -> str:
    return next(title for title, each, _ in _SECTIONS if each is model).replace("`", "").lower()


def _anchor(model: Any) -> str:
    return _title(model).replace(" ", "-")


def _kinds() -> str:
    rows = "\n".join(f"| `{kind}` | {_KINDS[kind]} | {_shown(facts.field_kind(kind, 'it'))} |" for kind in FieldKind)
    return f"## Kinds of fields\n\n| Kind | Values | In conditions |\n|---|---|---|\n{rows}\n"


def _conditions() -> str:
    rows = [f"| `{fact.name}` | {_shown(fact.kind)} | {fact.says} |" for fact in facts.FACTS]
    rows.insert(-1, "| `fields.KEY` | as its [kind](#kinds-of-fields) | the value of a field |")
    return CONDITIONS + "\n".join(rows) + "\n"


def _shown(kind: Kind) -> str:
    if kind.options:
        return ", ".join(f"`{option}`" for option in kind.options)
    if kind.sort is Sort.LIST and kind.of is not None:
        return "a list of its options" if kind.of.options is not None else "a list of texts"
    if kind.options is not None:
        return "one of its options" if kind.what.startswith("an option") else f"{kind.what}'s key"
    return kind.sort.value


def _places() -> str:
    rows = "\n".join(f"| `{{{{{name}}}}}` | {says} |" for name, says in PLACES.items())
    field = "| `{{fields.KEY}}` | the value of a field, as people read it |"
    return f"## What saved replies may leave open\n\n| | |\n|---|---|\n{rows}\n{field}\n"


def _refused() -> str:
    sections = ", ".join(f"`{name}`" for name in sorted(models.RESERVED))
    actions = ", ".join(f"`{name}`" for name in sorted(models.RESERVED_ACTIONS))
    of_types = ", ".join(f"`{name}`" for name in sorted(models.RESERVED_OF_TYPES))
    return REFUSED.format(sections=sections, of_types=of_types, actions=actions)


if __name__ == "__main__":
    print(reference(), end="")
