"""Examples of what finds and opens tickets from anywhere in Slack: lists, forms, help."""

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

from bot.views.create_modal import MOST_DESCRIPTION, Beginning, conversation_options, create_modal, opened_modal
from bot.views.description import with_source
from bot.views.find_modal import find_modal
from bot.views.ticket_help import help_view
from bot.views.ticket_list import PAGE, Asking, Listed, ticket_list
from bot.wire import Json
from tests.bot.cards import NOON
from tests.bot.lines import a_line, found_in
from tests.playbooks import VOCABULARY
from ticketing.conversations.first_message import Recipient
from ticketing.tickets.search import Where
from ticketing.tickets.shown_line import ConversationName, FoundWords, ShownLine

SITE = "https://acme.slack.com/"


def beginnings() -> Iterator[tuple[str, Beginning]]:
    """What the form for a new ticket can begin with."""
    yield "empty", Beginning()
    someone = ConversationName(UUID(int=7), 2, "Anna <!here> *Kowalski* " * 9, "whatsapp", "+4915112345678", NOON)
    said = with_source("My <b>mug</b> & " * 400, f"{SITE}archives/C1/p1795348800000200", most=MOST_DESCRIPTION)
    yield "full", Beginning(someone, "Mug <!channel> & " * 20, said)


def listings() -> Iterator[tuple[str, list[ShownLine]]]:
    """Pages of lists: with everything, with nothing, and the longest and most hostile of everything."""
    yield "full", [a_line(number, found=found_in(where)) for number, where in enumerate([*Where] * 2, 1)]
    yield "none", []
    for words in ("<!channel> <@U1> *b* _i_ `c` :fire: & " * 30, "&" * 4000, "图" * 900):
        long = a_line(
            999_999_999, subject=words, customer=words, assignee=words, found=FoundWords(Where.MESSAGE, words)
        )
        yield f"longest_{ord(words[0])}", [long] * PAGE


def messages() -> Iterator[tuple[str, list[Json]]]:
    """Private answers that are lists, on their first and on a later page; and the help."""
    for name, lines in listings():
        for skip in (0, PAGE):
            asking = Asking("list", "status:open " * 30, skip=skip)
            listed = Listed(
                "Tickets", ["words: <!here> *x* " * 20] * 20, lines, asking, replace(asking, after="c" * 900)
            )
            yield f"list_{name}_{skip}", ticket_list(listed, now=NOON, site=SITE)
    yield (
        "list_too_long_to_turn",
        ticket_list(
            Listed("Found", [], [a_line()], Asking("search"), Asking("search", after="x" * 2000)), now=NOON, site=""
        ),
    )
    yield "help", help_view()
    yield "help_for_nonsense", help_view("<!here> *mug* " * 90, "search <!here> " * 90)


def modals() -> Iterator[tuple[str, Json]]:
    """The forms."""
    for name, beginning in beginnings():
        yield f"create_{name}", create_modal(VOCABULARY, beginning)
    yield "opened", opened_modal(12, "Broken <mug> & *lid* " * 8, "https://desk.example/tickets/12?s=" + "a1" * 16)
    yield "find", find_modal(now=NOON)
    yield "find_failed", find_modal(why="Slack cannot be <reached>. " * 99, now=NOON)
    for name, found in listings():
        yield f"find_{name}", find_modal(found * 3, said="<!here> *mug*", now=NOON, site=SITE)


def offers() -> Iterator[tuple[str, list[Json]]]:
    """What menus offer."""
    yield "conversations_none", conversation_options([])
    nasty = ConversationName(UUID(int=7), 2, "<!here> " * 50, "whatsapp", "+4915112345678", NOON)
    yield (
        "conversations_many",
        conversation_options([nasty] * 120, [Recipient("whatsapp", "+4915112345678", "<b> " * 50)]),
    )
    by_mail = ConversationName(UUID(int=7), 2, "Max", "email", "max@home.example", NOON, "<!here> *Mug* " * 20)
    long = Recipient("email", f"{'a' * 60}@{'b' * 180}.example", subject="")
    yield (
        "conversations_by_mail",
        conversation_options([by_mail], [Recipient("email", "eve@x.example", subject=""), long]),
    )
