"""What the Claude brain has to be told."""

from dataclasses import dataclass
from math import ceil

from ticketing.triage.model_call import Usage

ANTHROPIC = "https://api.anthropic.com"


@dataclass(frozen=True, slots=True)
class Prices:
    """Dollars for a million tokens, which is micro-dollars for one."""

    input: float
    output: float
    cache_write: float
    cache_read: float

    def of(self, usage: Usage) -> int:
        """Micro-dollars, rounded up."""
        exact = (
            usage.input * self.input
            + usage.output * self.output
            + usage.cache_write * self.cache_write
            + usage.cache_read * self.cache_read
        )
        return ceil(round(exact, 6))  # without the rounding, 0.1 * 30 is a little more than 3


@dataclass(frozen=True, slots=True)
class Chosen:
    """A model, and what it costs."""

    model: str
    prices: Prices


@dataclass(frozen=True, slots=True)
class ClaudeConfig:
    """`timeout` is in seconds and holds for a whole call, from connecting to the last piece of the answer.

    `resolution`: the model that works on tickets; None: the same.
    """

    api_key: str
    model: str
    max_tokens: int
    prices: Prices
    base_url: str = ANTHROPIC
    timeout: float = 20.0
    resolution: Chosen | None = None

    @property
    def usual(self) -> Chosen:
        return Chosen(self.model, self.prices)
