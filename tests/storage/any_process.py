"""Processes drawn by chance, every status of which can be left: for lives that have to get somewhere."""

from dataclasses import replace
from datetime import timedelta
from random import Random

from tests.ticketing.random_playbooks import BIG, CATEGORIES, FIELDS, MORE_THAN_TEN
from tests.ticketing.test_random_lives import PLACES
from ticketing.people.person import Role
from ticketing.playbook.approval_rules import ApprovalRule, Approvers, WhenExpired
from ticketing.playbook.conditions import Condition
from ticketing.playbook.grants import Grant, Grants
from ticketing.playbook.lifecycle import Lifecycle, MovesOn, Status, StatusCategory, Transition
from ticketing.playbook.playbook import Playbook, TicketType

DAY = timedelta(days=1)
GRANTS = list(Grant)


def a_process(chance: Random) -> Playbook:
    """Any statuses and arrows; its arrows ask for fields, conditions and approvals, and let few or many through."""
    keys = chance.sample(PLACES[:-1], chance.randint(2, len(PLACES) - 1))
    pairs = [(origin, to) for origin in keys for to in keys if origin != to]
    ring = list(zip(keys, keys[1:] + keys[:1], strict=True))
    arrows = list(dict.fromkeys([*chance.sample(pairs, min(len(pairs), chance.randint(1, 10))), *ring]))
    transitions = tuple(
        Transition(
            *pair,
            Grants(frozenset(chance.sample(GRANTS, chance.randint(1, 4)))),
            requires=_some(chance, ("reason", "note", "assignee")),
            when=chance.choice([None, None, None, MORE_THAN_TEN]),
            approval=chance.choice([None, BIG.key]),
        )
        for pair in arrows
    )
    statuses = tuple(_a_status(chance, key, [to for origin, to in arrows if origin == key]) for key in keys)
    lifecycle = Lifecycle("only", "Only", statuses, transitions, (keys[0],))
    fields = FIELDS | {
        "amount": replace(
            FIELDS["amount"],
            required=chance.random() < 0.5,
            show=chance.choice([None, Condition('fields.reason == "broken"')]),
        )
    }
    types = {"return": TicketType("return", "Return", tuple(CATEGORIES), "only", tuple(fields))}
    return Playbook(
        chance.randint(1, 99), "random", types, CATEGORIES, {"only": lifecycle}, fields, {BIG.key: _a_rule(chance)}
    )


def _a_status(chance: Random, key: str, following: list[str]) -> Status:
    on = chance.choice([None, chance.choice(following)])
    return Status(
        key,
        key.title(),
        chance.choice(list(StatusCategory)),
        when_answered=chance.choice([None, chance.choice(following)]),
        when_back=chance.choice([None, chance.choice(following)]),
        moves_on=MovesOn(timedelta(days=chance.randint(1, 3)), on) if on else None,
        requires=_some(chance, ("reason", "note", "assignee")),
    )


def _a_rule(chance: Random) -> ApprovalRule:
    roles = chance.choice([{Role.SUPERVISOR}, {Role.ADMIN}, {Role.SUPERVISOR, Role.ADMIN}])
    return replace(
        BIG,
        approvers=Approvers(frozenset(roles)),
        quorum=chance.choice([1, 1, 2]),
        expires=chance.choice([None, DAY, 2 * DAY]),
        then=chance.choice(list(WhenExpired)),
    )


def _some(chance: Random, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in names if chance.random() < 0.15)
