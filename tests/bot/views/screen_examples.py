"""A ticket's screen and every form that opens from it, with as much, or as little, as there can be in them."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

from bot.beneath import Beneath
from bot.views.assign_modal import assign_modal
from bot.views.due_modal import due_modal
from bot.views.hand_off_modal import hand_off_modal
from bot.views.links_modal import links_modal, ticket_options
from bot.views.overview_modal import overview_modal
from bot.views.owner_modal import owner_modal
from bot.views.people_menu import colleague_options, everybody_options
from bot.views.tags_modal import tag_options, tags_modal
from bot.views.ticket_merge_modal import duplicate_options, find_duplicate_modal, ticket_merge_modal
from bot.views.watchers_modal import watchers_modal
from bot.wire import Json
from tests.bot.cards import NOON, a_card, a_person
from tests.bot.views.hostile import NASTY
from tests.factories import a_ticket
from ticketing.collaboration.choosing import Everybody
from ticketing.collaboration.colleague import Colleague
from ticketing.collaboration.duplicates import Candidate, Likely
from ticketing.collaboration.link import Link, Linked, LinkKind
from ticketing.collaboration.merge import Brought, TicketMergePreview
from ticketing.collaboration.overview import MOST_LISTED, Overview
from ticketing.collaboration.watcher import Because, Watcher
from ticketing.people.permissions import Act
from ticketing.people.person import Team
from ticketing.tickets.card import TicketCard, TicketName

LONG = NASTY * 40
BENEATH = Beneath("V0123456789", "1795435200.abcdef01")
_HERE = UUID(int=12)
_REASONS = list(Because)
_KINDS = list(LinkKind)


def a_colleague(name: str = "Mia", **changes: Any) -> Colleague:
    plain = Colleague(UUID(int=1), name, "mia@desk.example", is_me=False, is_of_team=False, open_tickets=0)
    return replace(plain, **changes)


def an_overview(words: str, most: int) -> Overview:
    """Of a ticket around which `most` of everything has been arranged, all called the same."""
    owner = Team(UUID(int=9), words, None) if most > 1 else replace(a_person("Ben"), name=words)
    kinds = [_KINDS[n % len(_KINDS)] for n in range(most)]
    return Overview(
        ticket=replace(a_ticket(), id=_HERE, assignee_id=UUID(int=8), due_at=NOON),
        owner=owner if most else None,
        watchers=tuple(
            Watcher(UUID(int=100 + n), n % 2 == 0, words, _REASONS[n % len(_REASONS)], NOON) for n in range(most)
        ),
        watches=most > 1,
        links=tuple(a_linked(kind, n, words) for n, kind in enumerate(kinds)),
        merged=tuple(TicketName(UUID(int=200 + n), n, words) for n in range(most)),
        likely=tuple(a_likely(words, n) for n in range(min(most, 5))),
        may=frozenset(Act) if most else frozenset(),
    )


def a_linked(kind: LinkKind, number: int, words: str) -> Linked:
    link = Link(kind, _HERE, UUID(int=500 + number))
    return Linked(link, link.words_from(_HERE), link.target, number, words)


def a_likely(words: str, number: int = 13) -> Likely:
    other = Candidate(UUID(int=number), number, words, "return", "damaged", NOON)
    return Likely(other, "same order 78932, 2 hours apart")


def a_preview(words: str) -> TicketMergePreview:
    here = replace(a_ticket(), id=_HERE, subject=words)
    other = replace(a_ticket(), id=UUID(int=13), number=13, subject=words, due_at=NOON)
    tags = tuple(f"{n} {words}"[:40] for n in range(20))
    brought = Brought(frozenset({UUID(int=1)}), frozenset(), frozenset({UUID(int=2)}), tags)
    return TicketMergePreview(here, other, brought, other_conversation=True)


def screens(card: TicketCard) -> Iterator[Json]:
    """Everything behind the card's More. Others are called what the card's ticket is about."""
    for most in (0, 1, MOST_LISTED):
        yield from _screens(card, an_overview(card.subject, most), most)


def modals() -> Iterator[tuple[str, Json]]:
    """The same by name: of a ticket with everything, of one whose words are hostile, of one with nothing."""
    arranged: dict[str, Any] = {"due_at": NOON, "watchers": 40, "links": 40, "assignee": "Mia"}
    tags = ("vip", "🇩🇪 <!here>" * 3)
    for name, subject in (("plain", "A broken mug"), ("hostile", LONG), ("wordless", "")):
        card = a_card(subject=subject, tags=tags, **arranged) if subject else a_card(subject="")
        for number, view in enumerate(screens(card)):
            yield f"more_{name}_{number}", view


def offers() -> Iterator[tuple[str, list[Json]]]:
    """What its menus offer while somebody types."""
    for words in ("Mia", LONG):
        people = [a_colleague(words, id=UUID(int=n), is_me=n == 0, open_tickets=n) for n in range(60)]
        teams = [Team(UUID(int=n), words, None) for n in range(60)]
        yield "people", colleague_options(people)
        yield "everybody", everybody_options(Everybody(people, teams))
        yield "tickets", ticket_options([TicketName(UUID(int=n), n, words) for n in range(120)])
        yield "duplicates", duplicate_options([a_likely(words, n) for n in range(120)])
        yield "tags", tag_options([f"{n} {words}"[:40] for n in range(120)], words)
        yield "new_tag", tag_options(["vip"], words[:40])


def _screens(card: TicketCard, seen: Overview, most: int) -> Iterator[Json]:
    words = card.subject
    teams = [Team(UUID(int=n + 1), words or "Support", None) for n in range(most + 1)]
    yield overview_modal(card, seen, now=NOON, said=words, drawn=BENEATH.hash)
    yield overview_modal(replace(card, merged_into=3), seen, now=NOON)
    yield overview_modal(replace(card, discarded_by=words), seen, now=NOON)
    yield assign_modal(card, seen, beneath=BENEATH)
    yield owner_modal(card, seen, beneath=BENEATH)
    yield due_modal(card, beneath=BENEATH)
    yield tags_modal(card, beneath=BENEATH)
    yield watchers_modal(card, seen, beneath=BENEATH, said=words)
    yield links_modal(card, seen, beneath=BENEATH, said=words)
    yield hand_off_modal(card, seen, teams, beneath=BENEATH)
    yield hand_off_modal(card, seen, teams, to=teams[0].id, beneath=BENEATH)
    yield find_duplicate_modal(card, other=a_likely(words) if most else None, beneath=BENEATH)
    yield ticket_merge_modal(card, a_preview(words), beneath=BENEATH)
