"""What a playbook says, in a few words: for differences, drawings and tables."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from ticketing.playbook.actions import (
    AddTag,
    HandToTeam,
    OfferSolution,
    RemoveTag,
    SendReply,
    SendSurvey,
    SetDue,
    SetPriority,
    StageAction,
)
from ticketing.playbook.grants import Grant, Grants
from ticketing.playbook.lifecycle import Lifecycle, Status, Transition
from ticketing.playbook.playbook import Playbook

_WHO = {
    Grant.AGENT: "anybody",
    Grant.ASSIGNEE: "assignee",
    Grant.SUPERVISOR: "supervisor",
    Grant.AI: "AI",
    Grant.CUSTOMER: "customer",
    Grant.AUTOMATION: "automations",
}


def who(grants: Grants) -> str:
    """ "assignee, supervisor". Admins always may: they are named only where nobody else may."""
    named = [words for grant, words in _WHO.items() if grant in grants.kinds]
    return ", ".join([*named, *(f"team {team}" for team in sorted(grants.teams))]) or "admins only"


def long(span: timedelta) -> str:
    """ "5 days"."""
    seconds = int(span.total_seconds())
    for size, name in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds % size == 0 and seconds:
            return f"{seconds // size} {name}{'' if seconds == size else 's'}"
    return f"{seconds} seconds"


def requirement(key: str, playbook: Playbook) -> str:
    """The label of a field, or "note" and the like as they are."""
    return playbook.fields[key].label if key in playbook.fields else key


def requirements(keys: Iterable[str], playbook: Playbook) -> str:
    return ", ".join(requirement(key, playbook) for key in keys)


def arrow_marks(arrow: Transition, playbook: Playbook) -> str:
    """Who may, and what it takes: "assignee, supervisor · approval: Refund over 200 · only if …"."""
    marks = [who(arrow.by)]
    if arrow.requires:
        marks.append(f"needs {requirements(arrow.requires, playbook)}")
    if arrow.approval is not None:
        marks.append(f"approval: {approval(arrow.approval, playbook)}")
    if arrow.when is not None:
        marks.append(f"only if {arrow.when.source}")
    return " · ".join(marks)


def approval(key: str, playbook: Playbook) -> str:
    return playbook.approvals[key].label if key in playbook.approvals else key


def label(lifecycle: Lifecycle, key: str) -> str:
    """Of a status; the key where there is none."""
    return lifecycle.status(key).label if lifecycle.knows(key) else key


def status_marks(status: Status, lifecycle: Lifecycle, playbook: Playbook) -> Sequence[str]:
    """What is special about a status, one line each."""
    marks = []
    if status.sla_paused:
        marks.append("SLA paused")
    if status.requires:
        marks.append(f"needs {requirements(status.requires, playbook)}")
    if status.when_answered is not None:
        marks.append(f"customer writes: to {label(lifecycle, status.when_answered)}")
    if status.when_back is not None:
        within = f" within {long(status.back_within)}" if status.back_within else ""
        marks.append(f"comes back{within}: to {label(lifecycle, status.when_back)}")
    if status.moves_on is not None:
        marks.append(f"after {long(status.moves_on.after)}: to {label(lifecycle, status.moves_on.to)}")
    marks += [f"on entering: {action(each, lifecycle)}" for each in status.on_enter]
    marks += [f"on leaving: {action(each, lifecycle)}" for each in status.on_leave]
    return marks


def action(each: StageAction, lifecycle: Lifecycle) -> str:
    match each:
        case SetPriority(to=priority):
            return f"priority {priority.value}"
        case HandToTeam(team=team):
            return f"hand to team {team}"
        case AddTag(tag=tag):
            return f"tag {tag}"
        case RemoveTag(tag=tag):
            return f"take tag {tag} off"
        case SetDue(after=after):
            return f"due in {long(after)}"
        case SendReply(reply=reply):
            return f"send {reply}"
        case OfferSolution(reply=reply, accepted=accepted, declined=declined):
            return f"offer {reply} (yes: {label(lifecycle, accepted)}, no: {label(lifecycle, declined)})"
        case SendSurvey():
            return "send the survey"
