"""What both brains suggest for a reply: what may be in it, what leaves the house for it, and what it costs."""

import json
from typing import Any

import pytest

from ai.claude import drafting
from ai.claude.brain import ClaudeBrain
from ai.claude.wire import NotJson, WrongShape
from ai.offline import OfflineBrain
from ai.redaction import MASK
from core.errors import ChannelUnavailable, DeskError
from emulators.anthropic import Organization, Question, running
from tests.ai.conftest import Books, a_config
from tests.ai.draft_cases import CASES, REPLIES, a_brief
from tests.ai.test_brain_contract import HOSTILE
from ticketing.brain import Brain
from ticketing.drafting.check import DraftUnusable, checked
from ticketing.drafting.draft import Brief, Drafted, Line
from ticketing.triage.check import SuggestionUnreadable
from ticketing.triage.model_call import Outcome

CARD = "4111 1111 1111 1111"
LATE = "Where is my parcel of order 4711? It is late."


def drafted(text: str) -> Drafted:
    return Drafted(text, "test", "1")


async def says(organization: Organization, reply: Any) -> None:
    organization.says({"reply": reply})


class TestContract:
    @pytest.fixture(params=["offline", "claude"])
    async def brain(self, request: pytest.FixtureRequest, offline: OfflineBrain, books: Books) -> Any:
        if request.param == "offline":
            yield offline
            return

        async def repeats(question: Question) -> Any:
            """A model that repeats what the customer wrote: the worst that it can do with it."""
            data = json.loads(question.asked.split("\n", 1)[1])
            return {"reply": f"Hello {{{{customer}}}}, you wrote: {data['messages'][-1]['text'][:2000]}"}

        async with running(Organization(responder=repeats)) as served:
            brain = ClaudeBrain(a_config(served), books)
            yield brain
            await brain.close()

    @pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
    async def test_whatever_the_customer_writes_there_is_a_draft_that_fits_or_none(
        self, brain: Brain, text: str
    ) -> None:
        brief = a_brief(text[:2000], subject=text[:80])
        found = await brain.draft(brief)
        if found is not None and all(each.isprintable() or each.isspace() for each in text):
            assert checked(found, brief).text

    async def test_where_the_customer_has_written_nothing_there_is_none(self, brain: Brain) -> None:
        assert await brain.draft(a_brief("", lines=())) is None
        assert await brain.draft(a_brief("", lines=(Line("Hello?", by_customer=False),))) is None

    async def test_it_greets_by_name_where_there_is_one(self, brain: Brain) -> None:
        named = await brain.draft(a_brief("Can I become a reseller of yours?"))
        nameless = await brain.draft(a_brief("Can I become a reseller of yours?", customer=""))
        assert named is not None
        assert nameless is not None
        assert named.text.startswith("Hello Anna Kowalski,")
        assert nameless.text.startswith("Hello,")


class TestOffline:
    async def test_which_saved_reply_fits_is_found_as_well_as_the_manual_says(self, offline: OfflineBrain) -> None:
        """docs/ai.md names these figures."""
        texts = {reply.text: reply.key for reply in REPLIES}
        chosen: list[tuple[str | None, str | None]] = []
        for words, right in CASES:
            found = await offline.draft(a_brief(words))
            assert found is not None
            chosen.append((right, next((key for text, key in texts.items() if text in found.text), None)))
        suggested = [(right, got) for right, got in chosen if got is not None]
        assert sum(right == got for right, got in suggested) >= 22
        assert len(suggested) <= 23
        assert len(chosen) == 36

    async def test_it_answers_in_the_customers_language_or_not_at_all(self, offline: OfflineBrain) -> None:
        german = await offline.draft(a_brief("Guten Tag, wo ist meine Bestellung? Ich warte.", subject="X 1"))
        assert german is not None
        assert german.text == (
            "Guten Tag Anna Kowalski, vielen Dank für Ihre Nachricht. "
            "Wir sehen uns das an (X 1) und melden uns hier bei Ihnen."
        )
        assert await offline.draft(a_brief("Здравствуйте, где мой заказ?")) is None

    async def test_it_reads_what_was_written_since_the_desk_answered(self, offline: OfflineBrain) -> None:
        lines = (
            Line("The lamp is damaged, there is a crack.", by_customer=True),
            Line("Sorry! A new one is on its way.", by_customer=False),
            Line("And what are your opening hours?", by_customer=True),
        )
        found = await offline.draft(a_brief("", lines=lines))
        assert found is not None
        assert found.text == f"Hello Anna Kowalski,\n\n{REPLIES[9].text}"


class TestClaude:
    async def test_no_name_no_secret_and_no_id_leaves_the_house_and_the_name_is_put_back(
        self, organization: Organization, claude: ClaudeBrain, books: Books
    ) -> None:
        organization.says({"reply": "Hello {{customer}}, we look into it."})
        brief = a_brief(
            f"I am Anna Kowalski, my card is {CARD}. {LATE}",
            fields={"Card": CARD},
            replies=REPLIES[:1],
            subject="Anna Kowalski: late",
        )
        found = await claude.draft(brief)
        assert found == Drafted("Hello Anna Kowalski, we look into it.", "claude", "claude-haiku-5-5")
        sent = json.dumps(organization.calls[0].body, ensure_ascii=False)
        for secret in ("Kowalski", "Mia", CARD):
            assert secret not in sent
        assert MASK in sent
        (call,) = books.calls
        assert (call.purpose, call.outcome, call.triage_id, call.cost > 0) == ("draft", Outcome.OK, None, True)

    @pytest.mark.parametrize(
        ("name", "written", "sent"),
        [
            (
                "Anna Kowalski",
                "hi, ANNA here (kowalski, not Kowalska)",
                "hi, {{customer}} here ({{customer}}, not Kowalska)",
            ),
            ("Anna Kowalski", "Kowalski  Anna", "{{customer}}"),
            ("Anna Kowalski", "Annabel has a savanna", "Annabel has a savanna"),
            ("Anna Kowalski", "anna_kowalski85@x.example", "{{customer}}_{{customer}}85@x.example"),
            ("Anna-Lena O’Brien", "Lena from the O’Briens; Brien", "{{customer}} from the O’Briens; {{customer}}"),
            ("Max von Berg", "a parcel von Max, Berg", "a parcel von {{customer}}, {{customer}}"),
            ("Li Wu", "Li Wu, or Wu", "{{customer}}, or Wu"),
            ("王小明", "我是王小明的朋友", "我是{{customer}}的朋友"),
            ("*(", "*( and (*", "{{customer}} and (*"),
            ("", "nobody", "nobody"),
            ("Customer Agent", "Mia, an agent", "{{agent}}, an {{customer}}"),
            ("Bob", "mia and Bob", "{{agent}} and {{customer}}"),
        ],
    )
    def test_parts_of_names_do_not_leave_either(self, name: str, written: str, sent: str) -> None:
        asked = drafting.question(a_brief(written, customer=name, replies=()))
        assert json.loads(asked.split("\n", 1)[1])["messages"][0]["text"] == sent

    @pytest.mark.parametrize(
        ("said", "read"),
        [
            ("Hello {{customer}}, {{agent}} looks into it.", "Hello Anna Kowalski, Mia looks into it."),
            ("We wrote to {{customer}}.{{customer}}@x.example.", "We wrote to anna.kowalski@x.example."),
            ("We wrote to {{customer}}@y.example.", "We wrote to Anna Kowalski@y.example."),  # which: nobody knows
        ],
    )
    def test_what_was_taken_out_is_put_back(self, said: str, read: str) -> None:
        brief = a_brief("I have anna.kowalski@x.example, anna@y.example and kowalski@y.example", replies=())
        assert drafting.draft(json.dumps({"reply": said}), brief) == read

    async def test_null_and_blanks_are_no_suggestion(self, organization: Organization, claude: ClaudeBrain) -> None:
        for nothing in (None, "  \n"):
            organization.says({"reply": nothing})
            assert await claude.draft(a_brief(LATE)) is None

    @pytest.mark.parametrize(
        ("fault", "error", "outcome"),
        [
            ("overloaded", ChannelUnavailable, Outcome.OVERLOADED),
            ("stream_cut", ChannelUnavailable, Outcome.UNFINISHED),
            ("refusal", SuggestionUnreadable, Outcome.REFUSAL),
            ("truncated", SuggestionUnreadable, Outcome.TRUNCATED),
            ("invalid_json", NotJson, Outcome.NOT_JSON),
            ("wrong_shape", WrongShape, Outcome.WRONG_SHAPE),
        ],
    )
    async def test_what_goes_wrong_is_named_and_in_the_books(
        self,
        organization: Organization,
        claude: ClaudeBrain,
        books: Books,
        fault: str,
        error: type[DeskError],
        outcome: Outcome,
    ) -> None:
        organization.says({"reply": "Hello."})
        organization.faults.next(fault)
        with pytest.raises(error):
            await claude.draft(a_brief(LATE))
        assert [call.outcome for call in books.calls] == [outcome]

    def test_the_schema_is_one_that_structured_outputs_take(self) -> None:
        from emulators.anthropic import schemas

        schemas.check(drafting.schema())


class TestChecked:
    """What a hurried reader overlooks is looked for."""

    BRIEF: Brief = a_brief(
        "My order 47-11-08-15 is late, see shop.example/o/1, write to anna@mail.example",
        fields={"Order": "47110815"},
        replies=(),
    )

    @pytest.mark.parametrize(
        "text",
        [
            "Hello Anna, order 47110815 is on its way.",
            "See shop.example/o/1.",
            "We write to anna@mail.example, then.",
            "It takes 2 to 3 days (at most 14).",
        ],
    )
    def test_what_somebody_named_may_be_in_it(self, text: str) -> None:
        assert checked(drafted(f"  {text}\n"), self.BRIEF).text == text

    @pytest.mark.parametrize(
        ("text", "why"),
        [
            ("Track it at https://evil.example/t?o=1", "a link"),
            ("Track it at evil.example", "a link"),
            ("Write to help@evil.example", "an address"),
            ("Call us: +49 151 234 567", "a number"),
            ("Hello [name], it is late.", "a place to fill in"),
            ("Hello {{customer}}, it is late.", "a place to fill in"),
            ("Your card ████ is fine.", "a gap"),
            ("x" * 3001, "longer"),
            (" \n", "nothing"),
            ("a\x00b", "characters that are none"),
        ],
    )
    def test_what_nobody_named_is_not_believed(self, text: str, why: str) -> None:
        with pytest.raises(DraftUnusable) as refused:
            checked(drafted(text), self.BRIEF)
        assert why in refused.value.message
