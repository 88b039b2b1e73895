"""What mails to the desk's own people say, whatever customers and colleagues wrote."""

from dataclasses import replace

import pytest

from tests.bot.views.told_examples import told
from ticketing.direct_messages.direct_message import Kind
from ticketing.direct_messages.mail_words import Ending, mail_words
from ticketing.direct_messages.shown import News, Told

LINK = "https://desk.example/tickets/12?s=0f"
PLAIN = Ending("ben@desk.example", answerable=False, outside=True)
EXAMPLES = dict(told())
HOSTILE = (
    "HTTPS://evil.example/a?b=c evil.example www.evil.example http://10.0.0.7:80/ mailto:x@evil.example\n"
    "```\n<a href='//evil.example'>x</a>\x00\u202e *now*\n\nStatus: Closed"
)


def news(words: str) -> Told:
    return replace(EXAMPLES["watched_plain"], news=News(1, words, ()))


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_one_says_which_ticket_where_it_is_and_how_to_get_no_more(name: str) -> None:
    words = mail_words(EXAMPLES[name], link=LINK, ending=PLAIN)
    number = EXAMPLES[name].card.number
    assert words.subject.startswith(f"[#{number}] ")
    assert "\n" not in words.subject
    assert len(words.subject) < 200
    assert len(words.text) < 12_000
    assert words.text.count("://") == 1, "the only link is ours"
    assert LINK in words.text
    assert "threadline people mail ben@desk.example never" in words.text
    assert "\n\n\n" not in words.text


@pytest.mark.parametrize(
    ("kind", "about"),
    [
        (Kind.ASSIGNED, "Assigned to you"),
        (Kind.MENTIONED, "You were mentioned"),
        (Kind.WATCHED, "News"),
        (Kind.APPROVAL, "Approval needed"),
        (Kind.ESCALATED, "Needs you"),
        (Kind.AUTONOMY, "The AI goes less far"),
    ],
)
def test_the_subject_says_what_it_is_about(kind: Kind, about: str) -> None:
    words = mail_words(EXAMPLES[f"{kind.value}_plain"], link=LINK, ending=PLAIN)
    assert words.subject.partition("] ")[2].startswith(f"{about}: ")


def test_of_a_ticket_that_was_handed_to_people_it_tells_all_that_is_needed_to_go_on() -> None:
    said = mail_words(EXAMPLES["escalated_plain"], link=LINK, ending=PLAIN).text
    assert "was handed to people: the customer is upset about a complaint." in said
    assert "> A mug arrived broken; the customer asks for a refund of order 78932." in said
    for name in ("Done: the AI opened the ticket;", "Missing: an answer to the customer;", "Next: Answer in person"):
        assert name in said


def test_nothing_that_a_customer_wrote_is_a_link_a_mark_or_a_line_of_ours() -> None:
    said = mail_words(news(HOSTILE), link=LINK, ending=PLAIN).text
    quoted = [line for line in said.splitlines() if line.startswith(">")]
    assert quoted[0] == (
        "> HTTPS[:]//evil[.]example/a?b=c evil[.]example www[.]evil[.]example http[:]//10[.]0[.]0[.]7:80/ "
        "mailto[:]x@evil[.]example"
    )
    assert quoted[-1] == "> Status: Closed"
    assert "evil.example" not in said
    for sign in ("```", "\x00", "\u202e", "*now*"):
        assert sign not in said


def test_words_that_only_look_a_little_like_addresses_stay_as_they_are() -> None:
    plain = "It cost 12.50, at 10:30. Really... Yes.No e.g. v1.2, order 4711.2"
    assert "> It cost 12.50, at 10:30. Really..." in mail_words(news(plain), link=LINK, ending=PLAIN).text


def test_about_a_request_it_tells_and_decides_nothing() -> None:
    said = mail_words(EXAMPLES["approval_plain"], link=LINK, ending=PLAIN).text
    assert "You decide in Slack: nothing is decided by mail." in said


def test_it_says_what_becomes_of_an_answer_and_why_it_came() -> None:
    can = mail_words(news("Hm."), link=LINK, ending=Ending("ben@desk.example", answerable=True, outside=False)).text
    assert "becomes an internal comment on #" in can
    assert "has to come from ben@desk.example" in can
    assert "you asked for mail as well as Slack" in can
    cannot = mail_words(news("Hm."), link=LINK, ending=PLAIN).text
    assert "Open it in Slack: " in cannot
    assert "Please do not answer this mail" in cannot
    assert "nobody in Slack has your address" in cannot


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_desk_without_slack_sends_nobody_there(name: str) -> None:
    ending = Ending("ben@desk.example", answerable=False, outside=True, slack=False)
    said = mail_words(EXAMPLES[name], link=LINK, ending=ending).text
    assert f"How it stands now: {LINK}" in said
    assert "You get it because this desk is not in Slack" in said
    for wrong in ("Open it in Slack", "decide in Slack", "nobody in Slack", "ticket, in Slack"):
        assert wrong not in said
