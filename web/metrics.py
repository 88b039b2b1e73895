"""What the HTTP door counts, how far Slack's cards are behind, and how the AI's runs are going, for Prometheus.

One set per application, so that two in a process do not mix.
"""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Metric, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from ticketing.resolution.numbers import RunNumbers


class RunSeries(Collector):
    """The AI's runs, as the database counts them: the processes that work on them are others. Nothing where it does not
    say. Counters begin anew each month, which Prometheus takes for a restart.
    """

    def __init__(self) -> None:
        self.numbers: RunNumbers | None = None

    def collect(self) -> Iterator[Metric]:
        if (numbers := self.numbers) is None:
            return
        begun = CounterMetricFamily("threadline_runs", "Runs of the AI that began this month (UTC).", labels=["type"])
        for key, count in numbers.begun.items():
            begun.add_metric([key], count)
        given = CounterMetricFamily("threadline_runs_given", "Money that they gave this month.", labels=["type"])
        for key, amount in numbers.given.items():
            given.add_metric([key], float(amount))
        for name, words, counted in (
            ("threadline_runs_open", "Runs that are not over.", numbers.open),
            ("threadline_runs_ended", "Of the newest thousand runs that ended within an hour.", numbers.ended),
        ):
            states = GaugeMetricFamily(name, words, labels=["state", "autonomy"])
            for (state, autonomy), count in counted.items():
                states.add_metric([state, autonomy], count)
            yield states
        seconds = GaugeMetricFamily(
            "threadline_run_seconds", "How long those took that were done.", labels=["quantile"]
        )
        for quantile, value in zip(("0.5", "0.95"), numbers.seconds or (), strict=False):
            seconds.add_metric([quantile], value)
        yield from (begun, given, seconds)


class Metrics:
    """The registry of one application and the series of its webhooks."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self.webhooks = Counter(
            "threadline_webhooks",
            "Webhook requests by what became of them: accepted, duplicate, refused, unavailable.",
            ["channel", "outcome"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "threadline_webhook_seconds",
            "Time from a webhook's arrival until its event was stored.",
            ["channel"],
            registry=self.registry,
            buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
        )
        self.runs = RunSeries()
        self.registry.register(self.runs)
        self.cards_behind = Gauge(
            "threadline_cards_behind_seconds",
            "Age of the oldest change that waits to be shown in Slack; NaN: the database does not say.",
            registry=self.registry,
        )
