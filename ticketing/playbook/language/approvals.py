"""The section `approvals`: refuses one that nobody can give."""

from ticketing.people.person import Role
from ticketing.playbook.approval_rules import ApprovalRule, Approvers, WhenExpired
from ticketing.playbook.closest import closest
from ticketing.playbook.fields import FieldKind
from ticketing.playbook.language.models import Approval
from ticketing.playbook.language.names import TEAM, Known
from ticketing.playbook.language.problems import Path


def approvals(known: Known) -> dict[str, ApprovalRule]:
    """Every approval, checked."""
    entries = known.document.approvals
    known.labels(("approvals",), [(key, each.label) for key, each in entries.items()], of="Approvals")
    return {key: _approval(key, entry, known) for key, entry in entries.items()}


def _approval(key: str, entry: Approval, known: Known) -> ApprovalRule:
    path: Path = ("approvals", key)
    approvers = _approvers((*path, "approvers"), entry.approvers, known)
    _require_enough(path, entry, approvers, known)
    for place, bound in known.each((*path, "binds"), entry.binds):
        known.require(place, "fields", "field", bound)
    _amount((*path, "amount"), entry.amount, known)
    if entry.then is not None and entry.expires is None:
        message = f"Approval {key} says what follows when it expires, and never does"
        known.report.add((*path, "then"), message, "Add a line expires: 2d.", at_key=True)
    return ApprovalRule(
        key=key,
        label=entry.label,
        approvers=approvers,
        when=known.condition((*path, "when"), entry.when),
        quorum=entry.quorum,
        binds=tuple(entry.binds),
        amount=entry.amount,
        currency=field.currency if (field := known.document.fields.get(entry.amount or "")) else None,
        expires=entry.expires,
        then=WhenExpired(entry.then or WhenExpired.REJECT),
    )


def _approvers(path: Path, names: list[str], known: Known) -> Approvers:
    roles, teams, people = set(), set(), set()
    for place, name in known.each(path, names):
        if name.startswith(TEAM):
            teams.add(known.team(place, name.removeprefix(TEAM).strip()))
        elif "@" in name:
            people.add(_person(place, name.lower(), known))
        elif name in set(Role):
            roles.add(Role(name))
        else:
            hint = closest(name, [*Role, "team:NAME"]) + " Or write an e-mail address."
            known.report.add(place, f'"{name}" is nobody that can approve', hint)
    return Approvers(frozenset(roles), frozenset(teams), frozenset(people))


def _person(place: Path, email: str, known: Known) -> str:
    if known.people is not None and email not in {person.lower() for person in known.people}:
        hint = f"{closest(email, sorted(known.people), several=5)} Or add them: threadline people add {email}."
        known.report.add(place, f"{email} does not work at this desk", hint)
    return email


def _require_enough(path: Path, entry: Approval, approvers: Approvers, known: Known) -> None:
    """Where only people are named, there have to be enough of them."""
    if approvers.roles or approvers.teams or not approvers.people:
        whole_desk = len(known.people) if known.people is not None and known.people else None
        if whole_desk is not None and entry.quorum > whole_desk:
            message = f"{entry.quorum} have to agree, and {whole_desk} work at this desk"
            known.report.add((*path, "quorum"), message, "Lower the quorum.")
        return
    if entry.quorum > len(approvers.people):
        message = f"{entry.quorum} have to agree, and only {len(approvers.people)} may"
        known.report.add((*path, "quorum"), message, "Lower the quorum, or name more approvers.")


def _amount(path: Path, key: str | None, known: Known) -> None:
    if key is None or not known.require(path, "fields", "field", key):
        return
    field = known.document.fields.get(key)
    if field is not None and FieldKind(field.kind) not in (FieldKind.MONEY, FieldKind.NUMBER):
        message = f"The amount has to be a field of money or a number, and {key} is {field.kind}"
        known.report.add(path, message, "Name another field.")
