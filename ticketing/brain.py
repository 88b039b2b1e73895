"""The brain (SPEC 7): one contract, whoever implements it. `ai/` does, twice; one contract suite runs over both."""

from typing import Protocol

from ticketing.drafting.draft import Drafter
from ticketing.triage.suggestion import Triager


class Brain(Triager, Drafter, Protocol):
    """Understands customers, and drafts what may be answered them. What it says is a proposal and decides nothing."""
