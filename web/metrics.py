"""What the HTTP door counts, and how far Slack's cards are behind, for Prometheus.

One set per application, so that two in a process do not mix.
"""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector


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
        self.cards_behind = Gauge(
            "threadline_cards_behind_seconds",
            "Age of the oldest change that waits to be shown in Slack; NaN: the database does not say.",
            registry=self.registry,
        )
