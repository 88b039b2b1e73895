"""A lifecycle as text: its statuses in their order, and below each where tickets go from there."""

from collections.abc import Iterator, Sequence

from ticketing.playbook.lifecycle import Lifecycle
from ticketing.playbook.playbook import Playbook
from ticketing.playbook.wording import arrow_marks, status_marks


def as_text(lifecycles: Sequence[Lifecycle], playbook: Playbook) -> str:
    """Lines of any length, without colours."""
    return "\n\n".join("\n".join(_lines(each, playbook)) for each in lifecycles)


def _lines(lifecycle: Lifecycle, playbook: Playbook) -> Iterator[str]:
    types = ", ".join(kind.label for kind in playbook.types.values() if kind.lifecycle == lifecycle.key)
    yield f"{lifecycle.label} ({lifecycle.key}): {types or 'no type follows it'}"
    width = max(len(status.label) for status in lifecycle.statuses)
    for status in lifecycle.statuses:
        yield ""
        begins = " · tickets begin here" if status.key in lifecycle.created_in else ""
        yield f"  {status.label}  [{status.category}]{begins}"
        for mark in status_marks(status, lifecycle, playbook):
            yield f"      {mark}"
        for to in lifecycle.following(status.key):
            arrow = lifecycle.transition(status.key, to.key)
            assert arrow is not None
            yield f"    → {to.label:<{width}}  {arrow_marks(arrow, playbook)}"
        if not lifecycle.following(status.key):
            yield "    (final)"
