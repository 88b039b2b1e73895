"""The process that the desk follows: the shop's, as a new desk begins. What its statuses mean, for those who judge."""

from collections.abc import Mapping
from pathlib import Path

from app.settings import HOME
from ticketing.playbook.language import compile_playbook
from ticketing.playbook.lifecycle import StatusCategory

PLAYBOOK: Path = HOME / "examples" / "playbooks" / "retail.yaml"


def _categories() -> Mapping[str, StatusCategory]:
    made = compile_playbook(PLAYBOOK.read_text("utf-8"), file=PLAYBOOK.name).playbook
    assert made is not None, f"{PLAYBOOK} has problems"
    return {each.key: each.category for rules in made.lifecycles.values() for each in rules.statuses}


CATEGORY = _categories()  # of each status: those of one name are in one category in every lifecycle of it


def is_over(status: str) -> bool:
    """Whether nobody owes work on a ticket that stands there."""
    return not CATEGORY[status].is_live
