"""The brain (SPEC 7): one contract, whoever implements it. `ai/` does, twice; one contract suite runs over both."""

from typing import Protocol

from ticketing.drafting.draft import Drafter
from ticketing.resolution.proposal import Resolver
from ticketing.triage.suggestion import Triager


class Brain(Triager, Drafter, Resolver, Protocol):
    """Understands customers, drafts what may be answered them, works on their tickets. What it says is a proposal and
    decides nothing.
    """
