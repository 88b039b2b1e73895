"""The public SDK: what a desk's own actions are written with. Start at `action`; docs/actions.md walks through one.

The lowest package of all: it needs the standard library and pydantic, and knows nothing of Threadline's own parts.
"""

from threadline.context import Actor, Context, Customer, Identity, Ticket
from threadline.declaration import Action, ActionSpec, Parameter, action
from threadline.errors import ActionError, DeclarationError, NotFound, OutcomeUnknown, Refused, Unavailable
from threadline.http import Answer, Http, url_path
from threadline.outcome import Outcome, OutcomeKind
from threadline.shapes import Json, Shape, Sort, as_fact, as_stored, shape_of

__all__ = [
    "Action",
    "ActionError",
    "ActionSpec",
    "Actor",
    "Answer",
    "Context",
    "Customer",
    "DeclarationError",
    "Http",
    "Identity",
    "Json",
    "NotFound",
    "Outcome",
    "OutcomeKind",
    "OutcomeUnknown",
    "Parameter",
    "Refused",
    "Shape",
    "Sort",
    "Ticket",
    "Unavailable",
    "action",
    "as_fact",
    "as_stored",
    "shape_of",
    "url_path",
]
