"""How a template reads once its variables are filled in. Pure."""

import re
from collections.abc import Mapping

from core.errors import Refused
from core.messages import Limits
from ticketing.conversations.conversation import TemplateSent
from ticketing.conversations.parts import Part
from ticketing.templates.template import APPROVED, Template

_PLACE = re.compile(r"\{\{\s*([^{}\s]+)\s*\}\}")


class TemplateRefused(Refused):
    """It cannot be sent, or not like that."""


def fill(template: Template, variables: Mapping[str, str], limits: Limits) -> Part:
    """The message to send. Words that do not fit are never cut.

    Line breaks in a variable become spaces: WhatsApp takes none there. Raises TemplateRefused: it is not approved, a
    variable is missing, unknown or too long.
    """
    if template.status != APPROVED:
        raise TemplateRefused(f"The template {template.name} is {template.status}: choose one that is approved.")
    if unknown := sorted(set(variables) - set(template.variables)):
        raise TemplateRefused(f"The template {template.name} has no variable {unknown[0]}.")
    values = {name: " ".join(variables.get(name, "").replace("\x00", "").split()) for name in template.variables}
    for name, value in values.items():
        if not value:
            raise TemplateRefused(f"The template {template.name} needs something for {{{{{name}}}}}.")
        _require_fits(f"What stands for {{{{{name}}}}}", value, limits)
    text = rendered(template.body, values)
    _require_fits(f"The template {template.name} with what was filled in", text, limits)
    return Part(text, template=TemplateSent(template.provider_id, template.name, values))


def rendered(body: str, values: Mapping[str, str]) -> str:
    """How the customer reads it; a variable without a value stays as it stands."""
    return _PLACE.sub(lambda place: values.get(place[1]) or place[0], body)


def _require_fits(what: str, text: str, limits: Limits) -> None:
    if (length := limits.length(text)) > limits.text:
        raise TemplateRefused(f"{what} has {length:,} characters; this channel takes {limits.text:,}. Shorten it.")
