"""The parts of the offline brain, each by itself."""

import asyncio
from pathlib import Path

import pytest

from ai.offline import OfflineBrain
from ai.offline.cache import alone, fingerprint, keep
from ai.offline.clauses import Joint, clauses_of
from ai.offline.continuation import continued
from ai.offline.entities import entities_of
from ai.offline.intents import INTENTS, UNCLEAR, WORTHY
from ai.offline.language import language_of
from ai.offline.model import Calibration, Model
from ai.offline.priority import priority_of
from ai.offline.training_set import bundled
from ai.offline.wording import cut, subject_of
from tests.ai.bursts import a_burst, a_message, a_ticket
from tests.playbooks import VOCABULARY
from ticketing.triage.check import SuggestionUnreadable
from ticketing.triage.suggestion import Priority, Sentiment, Vocabulary


class TestEntities:
    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("order #78932 is broken", [("order", "78932", "order #78932")]),
            ("where is order 2?", [("order", "2", "order 2")]),
            ("#12345", [("order", "12345", "#12345")]),
            ("ref ord-2231", [("order", "ORD-2231", "ord-2231")]),
            ("my order number is 5512", [("order", "5512", "order number is 5512")]),
            ("i'd like to order 2 pizzas", []),
            ("order 12 roses for mum", []),
            ("paid $89.", [("amount", "89.00 USD", "$89")]),
            ("1.299,50 € please", [("amount", "1299.50 EUR", "1.299,50 €")]),
            ("about 1,200 dollars", [("amount", "1200.00 USD", "1,200 dollars")]),
            ("on 2026-02-30", []),
            ("on 24.11.2026", [("date", "2026-11-24", "24.11.2026")]),
            ("it came dec 24", [("date", "2025-12-24", "dec 24")]),
            ("yesterday", [("date", "2026-01-04", "yesterday")]),
            ("write to A.B@shop.example.com", [("e-mail", "a.b@shop.example.com", "A.B@shop.example.com")]),
            ("call +49 151 234 567 89", [("phone", "+4915123456789", "+49 151 234 567 89")]),
            ("tracking 1Z999AA10123456784", [("tracking", "1Z999AA10123456784", "tracking 1Z999AA10123456784")]),
        ],
    )
    def test_what_is_named_is_found_with_its_words(self, text: str, found: list[tuple[str, str, str]]) -> None:
        entities = entities_of(a_message(text))
        assert [(entity.kind, entity.value, entity.words) for entity in entities] == found

    @pytest.mark.parametrize("piece", ["a@", "1.", "order ", "$1,", "+1 ", "1 jan ", "tracking ", "#", "1Z9", "no. "])
    def test_repeated_beginnings_yield_at_most_a_few(self, piece: str) -> None:
        assert len(entities_of(a_message(piece * 20_000))) <= 20


class TestClauses:
    def test_sentences_and_coordinators_part_them(self) -> None:
        found = clauses_of(a_burst("refund the mug, and where is order 2? Also my bill is wrong").messages)
        assert [(clause.text, clause.joint) for clause in found] == [
            ("refund the mug", Joint.SENTENCE),
            ("and where is order 2?", Joint.LINKED),
            ("Also my bill is wrong", Joint.ADDED),
        ]

    def test_a_single_word_is_no_clause(self) -> None:
        assert [clause.text for clause in clauses_of(a_burst("broken and late").messages)] == ["broken and late"]

    def test_there_is_an_end_to_them(self) -> None:
        assert len(clauses_of(a_burst("it broke. " * 500).messages)) == 24


class TestContinued:
    def test_a_resolved_ticket_goes_on_when_it_is_still_not_working(self) -> None:
        ticket = a_ticket(status="resolved")
        assert continued("follow_up", 0.9, "other", frozenset(), [ticket]) == ticket.id

    def test_a_closed_ticket_does_not(self) -> None:
        assert continued("follow_up", 0.9, "other", frozenset(), [a_ticket(status="closed")]) is None

    def test_another_order_is_another_ticket(self) -> None:
        ticket = a_ticket(references=("1",))
        assert continued("damaged_item", 0.9, "damaged", frozenset({"2"}), [ticket]) is None

    def test_among_several_open_ones_the_only_one_of_the_category_goes_on(self) -> None:
        damaged, billing = a_ticket(number=1), a_ticket(number=2, category="billing")
        assert continued("damaged_item", 0.9, "damaged", frozenset(), [damaged, billing]) == damaged.id

    def test_among_several_open_ones_nothing_is_guessed(self) -> None:
        known = [a_ticket(number=1), a_ticket(number=2, category="billing")]
        assert continued("follow_up", 0.9, "other", frozenset(), known) is None


class TestPriority:
    @pytest.mark.parametrize(
        ("base", "sentiment", "tier", "expected"),
        [
            (Priority.NORMAL, Sentiment.NEUTRAL, None, Priority.NORMAL),
            (Priority.NORMAL, Sentiment.FRUSTRATED, "basic", Priority.NORMAL),
            (Priority.NORMAL, Sentiment.UPSET, None, Priority.HIGH),
            (Priority.NORMAL, Sentiment.UPSET, " VIP ", Priority.URGENT),
            (Priority.LOW, Sentiment.SATISFIED, "platinum", Priority.NORMAL),
            (Priority.URGENT, Sentiment.UPSET, "gold", Priority.URGENT),
        ],
    )
    def test_mood_and_tier_raise_it(
        self, base: Priority, sentiment: Sentiment, tier: str | None, expected: Priority
    ) -> None:
        assert priority_of(base, sentiment, tier) is expected


class TestLanguage:
    @pytest.mark.parametrize(
        ("text", "language"),
        [
            ("where is my order", "en"),
            ("wo ist meine bestellung", "de"),
            ("dónde está mi pedido", "es"),
            ("où est ma commande", "fr"),
            ("quero cancelar, não funciona", "pt"),
            ("buongiorno, il mio ordine non è arrivato", "it"),
            ("waar is mijn bestelling", "nl"),
            ("مرحبا", "ar"),
            ("привет, где заказ", "ru"),
            ("これはなに", "ja"),
            ("pizza", "und"),
            ("12345", "und"),
            ("", "und"),
        ],
    )
    def test_ordinary_words_or_the_script_tell_it(self, text: str, language: str) -> None:
        assert language_of(text) == language


class TestWording:
    def test_a_subject_is_one_line_without_control_characters(self) -> None:
        subject = subject_of("damaged_item", (), "the\nlamp \u202eis\x00 broken")
        assert subject == "Damaged item: the lamp is broken"

    def test_a_cut_ends_between_words(self) -> None:
        assert cut("one two three", 9) == "one two…"
        assert cut("x" * 50, 10) == "x" * 9 + "…"


class TestIntents:
    def test_types_and_categories_are_those_we_ship(self) -> None:
        assert {intent.type for intent in WORTHY.values()} <= set(VOCABULARY.types)
        assert {intent.category for intent in WORTHY.values()} <= set(VOCABULARY.categories)

    def test_each_is_taught_by_twenty_examples_or_more(self) -> None:
        counts = dict.fromkeys(INTENTS, 0)
        for example in bundled():
            counts[example.intent] += 1
        del counts[UNCLEAR]
        assert {name: count for name, count in counts.items() if count < 20} == {}


class TestTrain:
    async def test_what_was_learnt_is_kept_and_read_again(self, tmp_path: Path) -> None:
        examples = [example for example in bundled() if example.group % 8 in (0, 1)]
        learnt = OfflineBrain.train(examples, cache=tmp_path)
        (kept,) = tmp_path.glob("*.npz")
        written = kept.stat().st_mtime_ns
        again = OfflineBrain.train(examples, cache=tmp_path)
        burst = a_burst("where is my order 12?")
        assert await again.triage(burst, VOCABULARY) == await learnt.triage(burst, VOCABULARY)
        assert kept.stat().st_mtime_ns == written

        kept.write_bytes(b"not a model")
        anew = OfflineBrain.train(examples, cache=tmp_path)
        assert await anew.triage(burst, VOCABULARY) == await learnt.triage(burst, VOCABULARY)

    async def test_while_one_process_learns_another_waits_and_takes_what_it_has_kept(self, tmp_path: Path) -> None:
        from ai.offline.learning import learn  # loads scikit-learn, which the other workers do without

        examples = [example for example in bundled() if example.group % 8 in (0, 1)]
        learnt = learn(examples)
        hopeless = Calibration(1.0, 1.0, 0.0, 0.0, -9.0)  # to it nothing is worth a ticket
        marked = Model(learnt.vocabulary, learnt.weights, learnt.offsets, hopeless)
        with alone(tmp_path):
            other = asyncio.create_task(asyncio.to_thread(OfflineBrain.train, examples, cache=tmp_path))
            done, _ = await asyncio.wait([other], timeout=0.05)
            assert not done
            keep(tmp_path, fingerprint(examples), marked)
        suggestion = await (await other).triage(a_burst("where is my order 12? It is broken!"), VOCABULARY)
        assert not suggestion.ticket_worthy

    def test_too_few_examples_are_refused(self) -> None:
        with pytest.raises(ValueError, match="too few examples"):
            OfflineBrain.train(bundled()[:3])

    async def test_an_empty_vocabulary_is_refused_by_name(self, offline: OfflineBrain) -> None:
        with pytest.raises(SuggestionUnreadable):
            await offline.triage(a_burst("my lamp is broken"), Vocabulary({}, {}))


class TestAwaitsAnswer:
    """Of what needs no ticket: does the customer wait for somebody to write back?"""

    @pytest.mark.parametrize(
        "text",
        [
            "hi",
            "Hi there! 👋",
            "bonjour",
            "Hallo, guten Tag",
            "???",
            "",
            "customer number 88 41 20",
            "good morning, could you help me with something",
            "hi i've got a small question",
        ],
    )
    async def test_a_greeting_an_opening_or_a_detail_does(self, offline: OfflineBrain, text: str) -> None:
        assert (await offline.triage(a_burst(text), VOCABULARY)).awaits_answer

    @pytest.mark.parametrize(
        "text",
        [
            "thanks!",
            "Thank you so much!",
            "ok",
            "👍",
            "danke",
            "gracias",
            "obrigado",
            "merci beaucoup",
            "tschüss",
            "bye",
            "hello, thank you",
            "wow, that was fast. thank you!!",
            "give me a minute",
            "see you next time",
            "cool",
            "get 10000 real followers for your page, cheapest price",
        ],
    )
    async def test_a_thanks_a_goodbye_a_reaction_or_advertising_does_not(
        self, offline: OfflineBrain, text: str
    ) -> None:
        found = await offline.triage(a_burst(text), VOCABULARY)
        assert (found.ticket_worthy, found.awaits_answer) == (False, False)
