"""Whatever customers write, wherever it is shown: nothing in Slack is mentioned, linked or formatted by it.

Each view is drawn twice, once with hostile words and once with tame ones: what Slack would act on must be the same.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text import from_slack
from bot.views.comment_modal import comment_modal
from bot.views.create_modal import Beginning, create_modal, opened_modal
from bot.views.description import with_source
from bot.views.find_modal import find_modal
from bot.views.light_card import fallback_text as light_fallback
from bot.views.light_card import light_card
from bot.views.move_modal import move_modal
from bot.views.new_ticket_modal import new_ticket_modal
from bot.views.notice import notice
from bot.views.priority_modal import priority_modal
from bot.views.reply_modal import Draft, Setting, answer_modal, reply_modal
from bot.views.status_modal import status_modal
from bot.views.thread_entry import thread_entry
from bot.views.ticket_brief import brief_line, ticket_brief, ticket_unfurl
from bot.views.ticket_card import fallback_text, ticket_card
from bot.views.ticket_help import help_view
from bot.views.ticket_list import Asking, Listed, ticket_list
from core.messages import Delivery
from emulators.slack import as_text
from emulators.slack.blocks import message_problems, too_long, view_problems
from tests.bot.cards import (
    NOON,
    a_card,
    a_last_reply,
    a_light_card,
    a_trouble,
    a_waiting,
    an_entry,
    an_understanding,
)
from tests.bot.lines import a_line
from tests.bot.views.finding_examples import SITE
from tests.bot.views.screen_examples import screens
from tests.examples import tried
from tests.playbooks import LIFECYCLE, VOCABULARY
from ticketing.conversations.conversation import Direction, Message, State
from ticketing.conversations.ports import Writer
from ticketing.tickets.card import TicketName
from ticketing.tickets.search import Where
from ticketing.tickets.shown_line import ConversationName, FoundWords
from ticketing.triage.record import Trigger

PIECES = (
    "<!channel>",
    "<!here|everyone>",
    "<!subteam^S123>",
    "<@U123ABC>",
    "<#C123|general>",
    "<http://evil.example|bank.example>",
    "http://evil.example",
    "<!date^1392734382^{date}|now>",
    "<<!channel>>",
    "<@<@U1>>",
    "&lt;!channel&gt;",
    "&amp;lt;!here&amp;gt;",
    "*bold*",
    "_slanted_",
    "~struck~",
    "`code`",
    "```block```",
    "> quoted",
    "\n> quoted",
    ":fire: :+1::skin-tone-2:",
    "\u202eright to left\u202c",
    "\u2066isolated",
    "nul\x00\x1b[31m",
    "lone\ud800\udfff",
    "e" + "\u0301" * 300,
    "👨‍👩‍👧🇩🇪",
    "\r\n\u2028\n",
    "|", "<", ">", "&", "*", "`",
    "x" * 10_000,
    "<!channel> " * 300,
)  # fmt: skip

hostile = st.lists(st.sampled_from(PIECES) | st.text(max_size=20), min_size=1, max_size=6).map(
    lambda parts: "".join([*parts, "a"])  # something to see, so that the view has the same parts as the tame one
)

_TOKEN = re.compile(r"<[^<>]*>")
_EMOJI = re.compile(r":(?!ː)[\w+'-]+:")
_CODE = re.compile("`[^`]*`")  # in which Slack formats nothing
_QUOTE = re.compile(r"^\s*(?:>|&gt;)", re.MULTILINE)
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")


def messages(words: str) -> Iterator[tuple[str, list[Any]]]:
    """Every message of ours with these words in every place that somebody outside fills."""
    tickets = (TicketName(UUID(int=1), 1, words), TicketName(UUID(int=2), 2, words))
    understanding = an_understanding(
        summary=words, why=words, intent=words, entities=(("order", words), (words, words))
    )
    filled: dict[str, Any] = {
        "subject": words,
        "customer": words,
        "trouble": a_trouble(words),
        "assignee": words,
        "team": words,
        "waiting": a_waiting(label=words, amount=words, requester=words, who=words),
    }
    for trigger in Trigger:
        card = a_card(understanding=replace(understanding, trigger=trigger), **filled)
        yield fallback_text(card), ticket_card(card)
    for status in ("resolved", "closed"):
        yield "", ticket_card(a_card(status=status, **filled))
    yield "", ticket_card(a_card(discarded_by=words, **filled))
    for delivery in Delivery:
        reply = a_last_reply(delivery, author=words, text=words, error=words, note=words, resendable=True)
        said = {"customer": words, "last_words": words, "assignee": words, "why": words, "state_by": words}
        light = a_light_card(reply=reply, **said)
        for each in (light, replace(light, state=State.RESOLVED, awaiting_since=None)):
            yield light_fallback(each), light_card(each)
    for kind in ("inbound", "outbound", "comment"):
        entry = {"kind": kind, "author": words, "text": words, "error": words, "delivery": Delivery.FAILED}
        quote = {"answers": words, "answers_whose": words, "group": words}
        yield from thread_entry(an_entry(ticket=tickets[0], others=tickets, **quote, **entry))
    yield from thread_entry(an_entry(author=words, group=words, text=words, moved_to=3, moved_by=words))
    yield from answers(words)


def answers(words: str) -> Iterator[tuple[str, list[Any]]]:
    """What one person is told of tickets, and what unfolds."""
    line = a_line(subject=words, customer=words, assignee=words, found=FoundWords(Where.MESSAGE, words))
    for found in ([line], []):
        yield "", ticket_list(Listed("Found", [words], found, Asking("search", words)), now=NOON, site=SITE)
    yield "", help_view(words, words)
    described = with_source(words, f"{SITE}archives/C1/p1795348800000200", most=2900)
    card = a_card(understanding=None, subject=words, customer=words, assignee=words, description=described)
    yield "", ticket_card(card, site=SITE)
    for each in (card, replace(card, discarded_by=words), replace(card, waiting=a_waiting(label=words))):
        yield brief_line(each), ticket_brief(each, site=SITE, link="https://desk.example/tickets/12?s=a1")
        yield "", ticket_unfurl(each, site=SITE)


def modals(words: str) -> Iterator[dict[str, Any]]:
    card = a_card(subject=words, customer=words, last_words=words, assignee=words)
    following = LIFECYCLE.following("open")
    theirs = Message(UUID(int=6), UUID(int=7), Direction.OUTBOUND, words, NOON, Delivery.SENT, author_name=f"B {words}")
    setting = Setting(1600, NOON, [Writer(f"B {words}", NOON)], Draft("Mine", meanwhile=theirs))
    yield reply_modal(card, setting, then=following)
    yield answer_modal(a_light_card(customer=words, last_words=words), setting)
    yield comment_modal(card)
    yield status_modal(card, following)
    yield from screens(card)
    yield priority_modal(card)
    yield new_ticket_modal(card, VOCABULARY)
    yield move_modal(UUID(int=1), [TicketName(UUID(int=1), 1, words)])
    yield notice(words)
    line = a_line(subject=words, customer=words, assignee=words, found=FoundWords(Where.COMMENT, words))
    yield find_modal([line], said=words, now=NOON, site=SITE)
    yield find_modal([], said=words, now=NOON, site=SITE)
    yield find_modal(why=words, now=NOON)
    someone = ConversationName(UUID(int=7), 2, words, "whatsapp", "+4915112345678", NOON)
    yield create_modal(VOCABULARY, Beginning(someone, words, words))
    yield opened_modal(12, words, "https://desk.example/tickets/12?s=a1")


def objects(thing: Any) -> Iterator[dict[str, Any]]:
    """Every text object, wherever it stands."""
    if isinstance(thing, list):
        for each in thing:
            yield from objects(each)
    elif isinstance(thing, dict):
        if thing.get("type") in ("plain_text", "mrkdwn"):
            yield thing
        for each in thing.values():
            yield from objects(each)


def acted_on(found: dict[str, Any]) -> tuple[Any, ...]:
    """What Slack makes of a text object beside showing it: tokens, formatting, emoji, quotes."""
    text = found["text"]
    tokens = tuple(_TOKEN.findall(text))
    if found["type"] == "plain_text":
        return (tokens, found.get("emoji"))
    bare = _CODE.sub("``", _TOKEN.sub("", text))
    signs = "".join(char for char in bare if char in "*_~`")
    return (tokens, signs, tuple(_EMOJI.findall(bare)), len(_QUOTE.findall(bare)), found["verbatim"])


TAME_MESSAGES = {acted_on(each) for _, blocks in messages("tame") for each in objects(blocks)}
TAME_MODALS = {acted_on(each) for view in modals("tame") for each in objects(view)}
CONTINUED = ((), "**", (), 0, True)  # the head of the second post of a long text


@tried(25)
@given(hostile)
def test_no_words_in_a_card_or_thread_make_slack_do_anything(words: str) -> None:
    for text, blocks in messages(words):
        assert _TOKEN.findall(text) == []
        assert {acted_on(each) for each in objects(blocks)} <= TAME_MESSAGES | {CONTINUED}
        assert not any(_TURNING.search(each["text"]) for each in objects(blocks) if each["type"] == "mrkdwn")


@tried(25)
@given(hostile)
def test_no_words_in_a_form_make_slack_do_anything(words: str) -> None:
    for view in modals(words):
        assert {acted_on(each) for each in objects(view)} <= TAME_MODALS
        assert not any(_TURNING.search(each["text"]) for each in objects(view) if each["type"] == "mrkdwn")


@tried(25)
@given(hostile)
def test_slack_takes_every_message_and_form(words: str) -> None:
    for text, blocks in messages(words):
        (text + str(blocks)).encode()  # no lone surrogates: Slack refuses the whole message
        assert message_problems(blocks) == []
        assert not too_long(blocks)
    for view in modals(words):
        assert view_problems(view) == []


@pytest.mark.parametrize("piece", [each for each in PIECES if len(each) < 100 and each.isprintable()])
def test_slack_shows_the_words_as_they_were_written(piece: str) -> None:
    written = f"see {piece} there"
    (_, post), *_ = thread_entry(an_entry(text=written))
    shown = [each["text"] for each in objects(post) if each["type"] == "plain_text"]
    assert written in [from_slack(each, {}) for each in shown]
    assert written in as_text({"blocks": post}, columns=500)
    assert written in as_text({"blocks": ticket_card(a_card(subject=written))}, columns=500)
