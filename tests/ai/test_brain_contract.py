"""What every brain must do, whichever it is: keep the contract on any text, and get the plain cases right."""

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from ai.claude.brain import ClaudeBrain
from ai.offline import OfflineBrain
from tests.ai.bursts import a_burst, a_ticket
from tests.examples import tried
from tests.playbooks import VOCABULARY
from ticketing.brain import Brain
from ticketing.triage.check import check
from ticketing.triage.suggestion import Burst, Priority, Sentiment, Suggestion, Vocabulary

BRAINS = ["offline", "claude"]  # behind the second, the offline brain thinks: what is tested is the way there and back

HOSTILE = {
    "empty": "",
    "spaces": " \n\t ",
    "nul": "\x00\x00",
    "nul inside": "where is\x00 my order",
    "emoji only": "😂😂🙏🏽",
    "right to left": "مرحبا، أين طلبي رقم 778؟ أريد استرداد المال",
    "override marks": "\u202eorder 12 is broken\u202c",
    "lone surrogate": "broken \ud800 lamp",
    "one long word": "a" * 4000,
    "digits": "1" * 4000,
    "dots": "." * 4000,
    "long": "My lamp is broken and I want my money back. " * 90,
    "huge": "refund order #12 and also my invoice is wrong! " * 2200,
    "combining": "e\u0301\u0323" * 1000,
    "ideographs": "你好，我的订单在哪里？" * 50,
    "commas": "and, also, " * 700,
}


@pytest.fixture(params=BRAINS)
def brain(request: pytest.FixtureRequest, offline: OfflineBrain) -> Brain:
    chosen: Brain = offline if request.param == "offline" else request.getfixturevalue("claude")
    return chosen


async def understood(brain: Brain, burst: Burst, vocabulary: Vocabulary = VOCABULARY) -> Suggestion:
    return check(await brain.triage(burst, vocabulary), burst, vocabulary)


class TestReferenceScenario:
    async def test_a_damaged_item_with_a_refund_is_one_return_of_high_priority(self, brain: Brain) -> None:
        found = await understood(brain, a_burst("I received a damaged item — order #78932. I'd like a refund."))
        assert found.ticket_worthy
        (issue,) = found.issues
        assert (issue.type, issue.category, issue.priority) == ("return", "damaged", Priority.HIGH)
        assert [(entity.kind, entity.value, entity.words) for entity in issue.entities] == [
            ("order", "78932", "order #78932")
        ]
        assert "78932" in issue.subject
        assert found.language == "en"

    @pytest.mark.parametrize(
        ("language", "text"),
        [
            ("de", "Ich habe einen beschädigten Artikel erhalten — Bestellung #78932. Ich möchte mein Geld zurück."),
            ("de", "Meine Bestellung 78932 kam kaputt an. Ich hätte gern eine Erstattung."),
            ("pt", "Recebi um item danificado — pedido #78932. Quero um reembolso."),
            ("pt", "Meu pedido 78932 chegou quebrado, quero meu dinheiro de volta."),
            ("es", "Recibí un artículo dañado — pedido #78932. Quiero un reembolso."),
            ("es", "Mi pedido 78932 llegó roto. Quisiera que me devuelvan el dinero."),
            ("fr", "J'ai reçu un article endommagé — commande #78932. Je voudrais un remboursement."),
            ("fr", "Ma commande 78932 est arrivée cassée, je souhaite être remboursé."),
        ],
    )
    async def test_it_is_the_same_in_other_languages_and_sure_enough_to_be_worked_on(
        self, brain: Brain, language: str, text: str
    ) -> None:
        found = await understood(brain, a_burst(text))
        (issue,) = found.issues
        assert (issue.type, issue.category, issue.priority) == ("return", "damaged", Priority.HIGH)
        assert [entity.value for entity in issue.entities if entity.kind == "order"] == ["78932"]
        assert issue.confidence >= 0.6
        assert (found.ticket_worthy, found.language) == (True, language)


class TestTicketWorthy:
    @pytest.mark.parametrize("text", ["hi", "thanks!", "ok wait", "no that's all", "bye", "size 42 please", "#4512"])
    async def test_talk_and_bare_answers_ask_for_nothing_and_it_says_why(self, brain: Brain, text: str) -> None:
        found = await understood(brain, a_burst(text))
        assert not found.ticket_worthy
        assert found.why

    @pytest.mark.parametrize(
        "text", ["i'd like to order a pizza", "can you tell me my seat", "internet is down", "wo ist mein paket?"]
    )
    async def test_short_wishes_and_problems_are_worth_a_ticket(self, brain: Brain, text: str) -> None:
        found = await understood(brain, a_burst(text))
        assert found.ticket_worthy
        assert found.confidence > 0.5

    async def test_a_greeting_before_the_request_in_the_same_burst_does_not_hide_it(self, brain: Brain) -> None:
        burst = a_burst("hi", "my package never came", "order 5512")
        found = await understood(brain, burst)
        assert found.ticket_worthy
        assert found.issues[0].category == "shipping"

    async def test_a_text_without_words_is_not_worth_a_ticket(self, brain: Brain) -> None:
        assert not (await understood(brain, a_burst(" \x00 "))).ticket_worthy

    async def test_a_script_it_cannot_read_leaves_it_unsure(self, offline: OfflineBrain) -> None:
        found = await understood(offline, a_burst("أين طلبي؟"))
        assert found.confidence <= 0.6
        assert found.language == "ar"


class TestSeveralIssues:
    @pytest.mark.parametrize(
        ("text", "categories"),
        [
            ("refund the mug, and where is order 2?", ["billing", "shipping"]),
            ("The lamp arrived broken. Also my invoice is wrong", ["damaged", "billing"]),
            ("my password doesn't work. also can you change my delivery address?", ["account", "shipping"]),
            ("where is order 2 and where is order 3?", ["shipping", "shipping"]),
        ],
    )
    async def test_plainly_different_requests_are_split(self, brain: Brain, text: str, categories: list[str]) -> None:
        found = await understood(brain, a_burst(text))
        assert [issue.category for issue in found.issues] == categories

    @pytest.mark.parametrize(
        "text",
        [
            "My internet has been down since Monday. I restarted the router twice. The lights are red. "
            "I called your hotline and nobody helped. My wife works from home. Please fix it soon.",
            "I ordered a lamp last week. It came on Tuesday. The box was crushed and the lamp was broken. "
            "I paid 80 dollars with my card. I called the shop but nobody answered. I want my money back.",
            "can i get a pizza and a coke",
            "I want a refund and a replacement",
            "Where is my order? I want my money back if it doesn't come today",
            "The app crashes and I cannot log in, please help me",
        ],
    )
    async def test_one_story_stays_one_issue(self, brain: Brain, text: str) -> None:
        assert len((await understood(brain, a_burst(text))).issues) == 1

    async def test_each_issue_names_the_messages_it_was_read_from(self, brain: Brain) -> None:
        burst = a_burst("the mug arrived broken, order 71", "also i can't log into my account")
        first, second = (await understood(brain, burst)).issues
        assert first.message_ids == (burst.messages[0].id,)
        assert second.message_ids == (burst.messages[1].id,)
        assert [entity.value for entity in first.entities] == ["71"]
        assert second.entities == ()


class TestContinues:
    @pytest.mark.parametrize("text", ["any news?", "still not working", "any update on this?"])
    async def test_asking_for_news_goes_on_with_the_open_ticket(self, brain: Brain, text: str) -> None:
        ticket = a_ticket()
        found = await understood(brain, a_burst(text, known=(ticket,)))
        assert found.ticket_worthy
        assert found.issues[0].continues == ticket.id

    async def test_the_same_order_number_wins_over_a_newer_ticket(self, brain: Brain) -> None:
        mine, newer = a_ticket(number=1, references=("78932",)), a_ticket(number=2)
        found = await understood(brain, a_burst("any update on order #78932?", known=(mine, newer)))
        assert found.issues[0].continues == mine.id

    async def test_a_new_matter_opens_a_ticket_of_its_own(self, brain: Brain) -> None:
        found = await understood(brain, a_burst("i want to book a table for four", known=(a_ticket(),)))
        assert found.issues[0].continues is None


class TestMood:
    @pytest.mark.parametrize(
        ("text", "sentiment"),
        [
            ("thank you so much, you are wonderful!", Sentiment.SATISFIED),
            ("what are your opening hours", Sentiment.NEUTRAL),
            ("worst company ever!!! you are all liars, i am furious", Sentiment.UPSET),
        ],
    )
    async def test_clear_moods_are_heard(self, brain: Brain, text: str, sentiment: Sentiment) -> None:
        assert (await understood(brain, a_burst(text))).sentiment is sentiment

    async def test_a_preferred_customer_goes_one_step_up(self, brain: Brain) -> None:
        text = "can you send me the invoice for january"
        usual = await understood(brain, a_burst(text))
        preferred = await understood(brain, a_burst(text, tier="Gold"))
        assert usual.issues[0].priority is Priority.NORMAL
        assert preferred.issues[0].priority is Priority.HIGH


class TestAnyText:
    @pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
    async def test_the_contract_holds_on_hostile_text(self, brain: Brain, text: str) -> None:
        await understood(brain, a_burst(text, text[:50]))

    @tried(150, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(texts=st.lists(st.text(max_size=300), max_size=4))
    async def test_the_contract_holds_on_any_text(self, offline: OfflineBrain, texts: list[str]) -> None:
        await understood(offline, a_burst(*texts, known=(a_ticket(references=("1", "22")),)))

    @tried(100, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        text=st.lists(
            st.sampled_from(
                ["refund", "order", "#", "12", "and", "also", ",", ".", "\n", "my lamp", "broken", "$", "@"]
            ),
            max_size=60,
        ).map(" ".join)
    )
    async def test_the_contract_holds_on_shuffled_requests(self, offline: OfflineBrain, text: str) -> None:
        await understood(offline, a_burst(text))

    @tried(25, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(texts=st.lists(st.text(max_size=300), max_size=4))
    async def test_the_contract_holds_on_any_text_that_leaves_the_house(
        self, claude: ClaudeBrain, texts: list[str]
    ) -> None:
        await understood(claude, a_burst(*texts, known=(a_ticket(references=("1", "22")),)))


class TestVocabulary:
    async def test_only_names_of_the_vocabulary_are_proposed(self, brain: Brain) -> None:
        small = Vocabulary(types={"request": "Request"}, categories={"misc": "Miscellaneous"})
        found = await understood(brain, a_burst("my lamp arrived broken, i want a refund"), small)
        assert (found.issues[0].type, found.issues[0].category) == ("request", "misc")
