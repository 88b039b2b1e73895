"""What an evaluation found, as JSON for programs and as tables for people. Measures nothing itself."""

from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from ai.offline.calibration import Bin

_MOST_CLASSES_SHOWN = 15


@dataclass(frozen=True, slots=True)
class ClassScore:
    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True, slots=True)
class LabelReport:
    """How one label was answered. `confusion[expected][answered]` counts."""

    n: int
    accuracy: float
    macro_f1: float
    per_class: dict[str, ClassScore]
    confusion: dict[str, dict[str, int]]
    calibration: tuple[Bin, ...]
    ece: float

    def to_json(self) -> dict[str, Any]:
        return {
            "n": self.n,
            "accuracy": _rounded(self.accuracy),
            "macro_f1": _rounded(self.macro_f1),
            "per_class": {name: _score_json(score) for name, score in self.per_class.items()},
            "confusion": self.confusion,
            **self._calibration_json(),
        }

    def _calibration_json(self) -> dict[str, Any]:
        if not self.calibration:
            return {}
        bins = [_bin_json(each) for each in self.calibration]
        return {"calibration": {"ece": _rounded(self.ece), "bins": bins}}


@dataclass(frozen=True, slots=True)
class Report:
    """What `threadline eval triage` prints. Labels without a single case are absent."""

    labels: dict[str, LabelReport]
    latency_p50: float  # milliseconds
    latency_p95: float

    def to_json(self) -> dict[str, Any]:
        """The fixed interface of `threadline eval triage --json`."""
        found: dict[str, Any] = {name: label.to_json() for name, label in self.labels.items()}
        found["latency_ms"] = {"p50": _rounded(self.latency_p50), "p95": _rounded(self.latency_p95)}
        return found

    def render(self, console: Console) -> None:
        """The same for people."""
        for name, label in self.labels.items():
            console.print(_classes_table(name, label))
            if len(label.confusion) <= _MOST_CLASSES_SHOWN:
                console.print(_confusion_table(label))
            if label.calibration:
                console.print(_calibration_table(label))
        console.print(f"Latency a message: p50 {self.latency_p50:.2f} ms, p95 {self.latency_p95:.2f} ms")


def _rounded(value: float) -> float:
    return round(value, 4)


def _score_json(score: ClassScore) -> dict[str, float]:
    return {
        "precision": _rounded(score.precision),
        "recall": _rounded(score.recall),
        "f1": _rounded(score.f1),
        "support": score.support,
    }


def _bin_json(each: Bin) -> dict[str, float]:
    return {
        "low": each.low,
        "high": each.high,
        "n": each.count,
        "confidence": _rounded(each.confidence),
        "accuracy": _rounded(each.accuracy),
    }


def _classes_table(name: str, label: LabelReport) -> Table:
    title = f"{name}: n {label.n}, accuracy {label.accuracy:.3f}, macro-F1 {label.macro_f1:.3f}"
    table = Table("class", "precision", "recall", "F1", "n", title=title)
    for each, score in label.per_class.items():
        table.add_row(each, f"{score.precision:.3f}", f"{score.recall:.3f}", f"{score.f1:.3f}", str(score.support))
    return table


def _confusion_table(label: LabelReport) -> Table:
    answers = sorted({answer for row in label.confusion.values() for answer in row})
    table = Table("expected / answered", *answers)
    for name, row in label.confusion.items():
        table.add_row(name, *(str(row.get(answer, 0)) for answer in answers))
    return table


def _calibration_table(label: LabelReport) -> Table:
    table = Table("said", "was right", "n", title=f"calibration, expected error {label.ece:.3f}")
    for each in label.calibration:
        table.add_row(f"{each.confidence:.2f}", f"{each.accuracy:.2f}", str(each.count))
    return table
