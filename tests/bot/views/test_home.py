"""The home tab as a person reads it: each line says why it stands there, and nothing that others wrote pings."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.intents import Action, Heading
from bot.views.home import home_view
from bot.views.home_lines import span
from bot.views.home_list import PAGE, Turned, home_list_modal
from bot.wire import Json
from emulators.slack import as_text
from tests.bot.views.home_examples import busy, empty, fullest
from tests.bot.views.hostile import NASTY, texts
from tests.bot.views.work_examples import SITE
from ticketing.home.home import MOST, Listed


def read(view: Json) -> str:
    return as_text(view, columns=120)


def pressable(view: Json) -> list[str]:
    """What can be pressed, from top to bottom."""
    elements = [each for b in view["blocks"] for each in (*b.get("elements", []), b.get("accessory", {}))]
    return [each["action_id"] for each in elements if "action_id" in each]


def test_each_ticket_says_why_it_stands_where_it_stands() -> None:
    shown = read(home_view(busy(), ""))
    for line in (
        "#41 Refund: order 78932",
        "🔴 Resolution late by 20 min · Anna Kowalski · 🟠 High",
        "🔴 due date passed 2 h ago · Karl Weber",
        "❗ the last reply may not have arrived · Ida Sommer",
        "⚠️ First response due in 25 min · Tom Baker",
        "💬 customer wrote 5 min ago, waits for an answer · Nora Haas",
        "🔥 urgent · Olga Petrova",
        "📅 due 2026-11-23 16:00 UTC · Jan de Vries",
        "▶️ In progress for 5 h · Paul Simon",
        "🔐 waits for an approval for 3 h · Emil Roth",
        "⏳ Waiting on customer for 3 days · Mara Lind",
        "🔴 Resolution late by 1 h · Vera Blum · 🙋 Ben",
        "⚠️ First response due in 25 min · Tom Baker · nobody has it",
        "🤖 May be a complaint about order 77120",
        "Lena Fischer on Telegram",
        "Order: 78932 · Outcome: Refund",
        "Customer: “When do I get my money back?”",
    ):
        assert line in shown, line


def test_that_cards_are_behind_is_said_once_it_is_noticed_and_anew_each_minute() -> None:
    def lines(seconds: int) -> list[str]:
        shown = read(home_view(replace(busy(), cards_behind=timedelta(seconds=seconds)), ""))
        return [line for line in shown.splitlines() if "behind" in line]

    assert lines(9) == []
    assert "Cards are less than a minute behind." in lines(10)[0]
    assert lines(10) == lines(59)
    assert "Cards are 2 min behind." in lines(150)[0]


def test_what_is_mine_is_answered_what_is_nobodys_is_claimed_and_what_is_a_colleagues_is_left_alone() -> None:
    view = home_view(busy(), SITE)
    assert pressable(view) == [
        Action.CREATE_AT_HOME,
        Action.FIND_AT_HOME,
        Action.REFRESH_HOME,
        Action.DELEGATE,
        Action.PREFERENCES,
        *[Action.REPLY] * 8,
        Action.APPROVE,
        Action.REJECT,
        Action.ASK,
        Action.CLAIM,  # of the two at risk, Ben has one
        Action.CLAIM,
        Action.CLAIM,  # conversations without a ticket: nobody's,
        Action.ANSWER,  # … and hers
        Action.CLAIM,
        *[Action.REPLY] * 2,
    ]


def test_each_number_leads_to_its_card() -> None:
    card = "<https://acme.slack.com/archives/C0SUPPORT/p1795348800000200?thread_ts=1795348800.000200&cid=C0SUPPORT"
    assert f"*{card}|#41>* Refund" in " ".join(texts(home_view(busy(), SITE)["blocks"]))


def test_where_nothing_waits_it_says_so_and_nothing_else() -> None:
    shown = read(home_view(empty(), SITE))
    assert "Nothing waits for you." in shown
    assert len(home_view(empty(), SITE)["blocks"]) == 4


def test_where_not_everything_was_looked_at_that_none_was_theirs_is_not_nothing() -> None:
    cut = replace(empty(), at_risk=Listed(more=True), to_decide=Listed(more=True))
    shown = read(home_view(cut, SITE))
    assert "Nothing waits for you." not in shown
    for heading in ("At risk in your teams", "Waiting for your decision"):
        assert heading in shown
    assert "below is where it is to be found" in shown
    assert shown.count("None found. Only those of the whole desk") == 2


def test_where_more_may_be_theirs_than_was_found_it_says_where_the_others_are() -> None:
    some, lines = busy(), empty()
    some = replace(some, unticketed=replace(some.unticketed, more=True), to_decide=replace(some.to_decide, more=True))
    shown = read(home_view(some, SITE))
    for words in ("Waiting for your decision · 1+", "in the direct messages that asked you", "have not waited as long"):
        assert words in shown
        assert words not in read(home_view(lines, SITE))
    full = read(home_list_modal(fullest(), Turned(Heading.AT_RISK, 99), SITE))
    assert "For your team’s: /ticket list team:…" in full


def test_what_is_too_much_is_counted_and_stands_on_pages_of_its_own() -> None:
    shown = read(home_view(fullest(), SITE))
    for words in ("Yours, by urgency · 55", "… and 45 more", "At risk in your teams · 50+", "… and 42+ more"):
        assert words in shown
    pages = [home_list_modal(fullest(), Turned(Heading.MINE, page), SITE) for page in (0, 1, 2, 3)]
    assert [len(each["blocks"]) for each in pages] == [PAGE + 2, PAGE + 2, 17, 17]
    assert "41 to 55 of 55" in read(pages[3])  # past the end is the last
    told = [line for page in pages[:3] for line in texts(page["blocks"]) if line.startswith("*<")]
    assert len(set(told)) == MOST + 5


def test_nothing_that_others_wrote_pings_or_links() -> None:
    for view in (home_view(fullest(NASTY * 3), ""), *(_list(each) for each in Heading)):
        assert not any("<" in text.replace("<!date^", "") for text in texts(view["blocks"]))


def _list(heading: Heading) -> Json:
    return home_list_modal(fullest(NASTY * 3), Turned(heading), "")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "less than a minute"),
        (59, "less than a minute"),
        (60, "1 min"),
        (3_599, "59 min"),
        (3_600, "1 h"),
        (48 * 3_600 - 1, "47 h"),
        (48 * 3_600, "2 days"),
        (2_000 * 86_400, "2,000 days"),
    ],
)
def test_how_long_is_said_roughly(seconds: int, words: str) -> None:
    assert span(timedelta(seconds=seconds)) == words
