"""Evaluation measures any brain; here one whose answers are written down."""

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from ai.evaluation import Case, CasesUnreadable, evaluate, load_cases
from ticketing.triage.suggestion import Burst, Issue, Priority, Sentiment, Suggestion, Vocabulary


class ScriptedBrain:
    """Finds "refund" ticket-worthy, "angry" upset, and breaks the contract on "broken"."""

    async def triage(self, burst: Burst, vocabulary: Vocabulary) -> Suggestion:
        (message,) = burst.messages
        worthy = "refund" in message.text
        issue = Issue("Refund", "", "return", "billing", "refund_request", 0.9, Priority.NORMAL, (message.id,))
        sentiment = Sentiment.UPSET if "angry" in message.text else Sentiment.NEUTRAL
        confidence = 7.0 if "broken" in message.text else 0.8
        issues = (issue,) if worthy else ()
        return Suggestion(worthy, confidence, "", issues, sentiment, 0.7, "en", "scripted", "1")


def a_file(folder: Path, *lines: str) -> Path:
    path = folder / "cases.jsonl"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


class TestLoadCases:
    def test_labels_are_optional_and_other_keys_ignored(self, tmp_path: Path) -> None:
        path = a_file(tmp_path, '{"text": "hi", "ticket_worthy": null, "turn": 3}', "", '{"text": "x", "intent": "y"}')
        assert load_cases(path) == [Case("hi"), Case("x", intent="y")]

    @pytest.mark.parametrize(
        "line",
        [
            "{",
            "[]",
            '{"ticket_worthy": true}',
            '{"text": 3}',
            '{"text": "x", "ticket_worthy": "yes"}',
            '{"text": "x", "intent": 1}',
        ],
    )
    def test_a_bad_line_is_named(self, tmp_path: Path, line: str) -> None:
        with pytest.raises(CasesUnreadable, match=r"cases\.jsonl, line 2"):
            load_cases(a_file(tmp_path, '{"text": "hi"}', line))

    def test_a_file_that_is_not_utf_8_is_named_too(self, tmp_path: Path) -> None:
        path = tmp_path / "cases.jsonl"
        path.write_bytes(b'{"text": "\xff\xfe"}\n')
        with pytest.raises(CasesUnreadable, match="line 1"):
            load_cases(path)

    def test_an_empty_file_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(CasesUnreadable):
            load_cases(a_file(tmp_path))


class TestEvaluate:
    async def test_ticket_worthy_is_scored_by_class(self) -> None:
        cases = [
            Case("refund", ticket_worthy=True),
            Case("refund?", ticket_worthy=False),
            Case("hi", ticket_worthy=False),
            Case("hello", ticket_worthy=False),
            Case("skipped"),
        ]
        report = (await evaluate(cases, ScriptedBrain())).to_json()
        found = report["ticket_worthy"]
        assert (found["n"], found["accuracy"]) == (4, 0.75)
        assert found["confusion"] == {"false": {"true": 1, "false": 2}, "true": {"true": 1}}
        assert found["per_class"]["true"] == {"precision": 0.5, "recall": 1.0, "f1": 0.6667, "support": 1}
        assert found["macro_f1"] == pytest.approx((0.8 + 0.6667) / 2, abs=1e-3)
        assert found["calibration"]["bins"][0]["n"] == 4
        assert set(report) == {"ticket_worthy", "latency_ms"}
        assert set(report["latency_ms"]) == {"p50", "p95"}

    async def test_labels_we_do_not_know_are_wrong_not_fatal(self) -> None:
        report = await evaluate([Case("refund", intent="gibberish", category="moon")], ScriptedBrain())
        assert report.labels["intent"].accuracy == 0.0
        assert report.labels["category"].confusion == {"moon": {"billing": 1}}

    async def test_three_sentiments_are_mapped_from_our_four(self) -> None:
        cases = [Case("angry", sentiment="negative"), Case("so so", sentiment="neutral")]
        report = await evaluate(cases, ScriptedBrain())
        assert report.labels["sentiment"].confusion == {"negative": {"negative": 1}, "neutral": {"neutral": 1}}

    async def test_our_four_sentiments_stay_four(self) -> None:
        report = await evaluate([Case("angry", sentiment="frustrated")], ScriptedBrain())
        assert report.labels["sentiment"].confusion == {"frustrated": {"upset": 1}}

    async def test_an_answer_that_breaks_the_contract_is_wrong(self) -> None:
        report = await evaluate([Case("broken", ticket_worthy=False)], ScriptedBrain())
        assert report.labels["ticket_worthy"].confusion == {"false": {"none": 1}}

    async def test_it_is_json_and_a_table(self) -> None:
        cases = [Case("refund", True, "refund_request", "billing", "neutral"), Case("hi", False)]
        report = await evaluate(cases, ScriptedBrain())
        assert json.loads(json.dumps(report.to_json()))["intent"]["accuracy"] == 1.0
        out = io.StringIO()
        report.render(Console(file=out, width=120))
        assert "ticket_worthy: n 2, accuracy 1.000" in out.getvalue()
        assert "Latency" in out.getvalue()
