"""Proposals as they stand in the record of a run, and what a brain is told of those before. Pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

from ticketing.resolution.check import tidied
from ticketing.resolution.proposal import AskCustomer, Call, HandOver, Proposal, Proposed, Taken
from ticketing.resolution.run import Json, Step, StepKind

_ENDS = frozenset({StepKind.LOOK_UP, StepKind.DECIDE, StepKind.ACT, StepKind.ASK_CUSTOMER})
_LONGEST = 500  # characters of a reason
_LONGEST_NAME = 100
_MOST_ARGUMENTS = 64 * 1024  # characters of JSON, as much as an action takes
PROPOSED, NOT_ALLOWED = "proposed", "not_allowed"


def as_said(proposed: Proposed) -> Proposed:
    """As it is kept and shown: what a brain says may be of any length, and of signs that nobody can read or keep."""
    proposal = replace(proposed.proposal, because=tidied(proposed.proposal.because[:_LONGEST]))
    match proposal:
        case Call(action=action):
            proposal = replace(proposal, action=tidied(action[:_LONGEST_NAME]))
        case AskCustomer(field=field):
            proposal = replace(proposal, field=tidied(field[:_LONGEST_NAME]))
        case HandOver():
            pass
    return replace(proposed, proposal=proposal)


def is_too_long(call: Call) -> bool:
    """Whether no action takes so much."""
    return len(json.dumps(dict(call.arguments), default=str)) > _MOST_ARGUMENTS


def name_of(proposal: Proposal) -> str:
    """What it is about, in the record."""
    match proposal:
        case Call(action=action):
            return action
        case AskCustomer(field=field):
            return field
        case HandOver():
            return "hand_over"


def as_json(proposed: Proposed) -> Mapping[str, Json]:
    """For the record."""
    said: dict[str, Json] = {"because": proposed.proposal.because}
    match proposed.proposal:
        case Call(action, arguments):
            said |= {"action": action, "arguments": dict(arguments)}
        case AskCustomer(field):
            said |= {"field": field}
        case HandOver():
            pass
    return {"proposal": said, "brain": proposed.brain, "model": proposed.model}


def from_json(said: Mapping[str, Json]) -> Proposal:
    """What `as_json` wrote of the proposal. Raises KeyError: it is of another form."""
    proposal = said["proposal"]
    because = proposal["because"]
    if "action" in proposal:
        return Call(proposal["action"], proposal["arguments"], because)
    if "field" in proposal:
        return AskCustomer(proposal["field"], because)
    return HandOver(because)


def taken(steps: Sequence[Step]) -> list[Taken]:
    """Everything that was proposed in a run, and what came of each."""
    found: list[Taken] = []
    for step in steps:
        if step.kind is StepKind.PROPOSE:
            found.append(Taken(from_json(step.inputs), step.outcome, words=step.why))
        elif step.kind in _ENDS and found and not step.inputs.get("fact"):  # policy's own look-ups are no answers
            value = step.outputs.get("value") if step.kind is StepKind.LOOK_UP else None
            found[-1] = replace(found[-1], outcome=step.outcome, value=value, words=step.why)
    return found


def asked_before(steps: Sequence[Step], field: str) -> int:
    """How often the customer was asked for this in the run."""
    return sum(step.kind is StepKind.ASK_CUSTOMER and step.name == field for step in steps)
