"""What is wrong with values of fields: told by field, all of it at once."""

from collections.abc import Iterable, Mapping

from core.errors import Refused


class ValueRefused(Refused):
    """One value is none of its field's: what is wrong, and what is expected instead."""


class FieldsRefused(Refused):
    """Values that cannot be what was given."""

    def __init__(self, problems: Mapping[str, tuple[str, str]]) -> None:
        """By the key of the field: its label, and a sentence."""
        super().__init__(" ".join(f"{label}: {sentence}" for label, sentence in problems.values()))
        self.problems = {key: sentence for key, (_, sentence) in problems.items()}


class FieldsMissing(Refused):
    """Nothing goes on without these: fields, and what every ticket has ("category", "note", …), by key."""

    def __init__(self, before: str, missing: Iterable[tuple[str, str]]) -> None:
        """`before` is what cannot be done yet; `missing` are keys with their labels, in order."""
        named = dict(missing)
        super().__init__(f"{before} needs: {', '.join(named.values())}.")
        self.missing = tuple(named)
