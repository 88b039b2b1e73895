"""What customers may write, and what must hold in Slack whatever it is."""

from typing import Any

from hypothesis import strategies as st
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from bot.wire import Json
from emulators.slack.blocks import message_problems, too_long, view_problems
from tests.bot.cards import NOON, a_card, a_trouble, a_waiting, an_understanding
from tests.playbooks import LIFECYCLE
from ticketing.tickets.card import TicketCard

NASTY = "<!channel> <@U1> *b* _i_ `c` <http://evil.example|click> :fire: \u202e&👨‍👩‍👧 "
words = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=300),
    st.sampled_from([NASTY, NASTY * 80, "שלום " * 900, "🇩🇪" * 900, "&" * 4000, "\x00\n\t ", "e" + "\u0301" * 400]),
)
names = words.map(lambda text: text[:400])


def valid_message(blocks: list[Json]) -> None:
    assert message_problems(blocks) == []
    assert not too_long(blocks)
    for block in blocks:
        parsed = Block.parse(block)
        assert parsed is not None
        parsed.validate_json()


def valid_view(view: Json) -> None:
    assert view_problems(view) == []
    View(**view).validate_json()


def texts(thing: Any) -> list[str]:
    """Every text object's text, wherever it stands."""
    if isinstance(thing, list):
        return [text for each in thing for text in texts(each)]
    if not isinstance(thing, dict):
        return []
    own = [str(thing["text"])] if thing.get("type") in ("plain_text", "mrkdwn") else []
    return own + [text for each in thing.values() for text in texts(each)]


def is_inert(blocks: list[Json]) -> bool:
    """Only our own date token is left for Slack to parse."""
    return not any("<" in text.replace("<!date^", "") or "<@" in text or "<!ch" in text for text in texts(blocks))


@st.composite
def hostile_cards(draw: st.DrawFn) -> TicketCard:
    understanding = an_understanding(
        why=draw(words),
        summary=draw(words),
        intent=draw(names),
        entities=tuple(draw(st.lists(st.tuples(names, names), max_size=8))),
    )
    return a_card(
        status=draw(st.sampled_from([status.key for status in LIFECYCLE.statuses])),
        subject=draw(words),
        customer=draw(names),
        assignee=draw(st.none() | names),
        team=draw(st.none() | names),
        trouble=draw(st.none() | st.builds(a_trouble, words, resendable=st.booleans())),
        understanding=draw(st.none() | st.just(understanding)),
        comments=draw(st.integers(0, 10_000)),
        tags=tuple(draw(st.lists(names.map(lambda name: name[:40]).filter(str.strip), max_size=20))),
        due_at=draw(st.none() | st.just(NOON)),
        watchers=draw(st.integers(0, 3)),
        links=draw(st.integers(0, 3)),
        waiting=draw(st.none() | st.builds(a_waiting, label=words, requester=names, who=words)),
    )
