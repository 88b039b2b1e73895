"""What is wrong with a playbook: where, what, and what to do about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ticketing.playbook.closest import closest
from ticketing.playbook.language.reading import Node

Path = tuple[str | int, ...]  # where in the document: ("types", "return", "fields", 0)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to put right. Lines and columns count from 1, as editors do."""

    file: str
    line: int
    column: int
    message: str
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.message}. {self.hint}".rstrip()


@dataclass
class Report:
    """Collects problems of one document; a place that is in it twice is told once for each message."""

    file: str
    root: Node
    _found: dict[tuple[int, int, str], Problem] = field(default_factory=dict)

    def add(self, path: Path, message: str, hint: str = "", *, at_key: bool = False, offset: int | None = None) -> None:
        """`at_key`: what stands before the colon. `offset`: this character of the text, from 0."""
        node, key = self._find(path)
        line, column = key if at_key and key else node.place if offset is None else node.inside(offset)
        self._found.setdefault((line, column, message), Problem(self.file, line, column, message, hint))

    def unknown(
        self,
        path: Path,
        what: str,
        name: str,
        known: Mapping[str, object] | Sequence[str],
        *,
        at_key: bool = False,
    ) -> None:
        """`name` is no `what`: "status"."""
        choices = known if isinstance(known, Mapping) else tuple(known)
        self.add(path, f'There is no {what} "{name}"', closest(name, choices), at_key=at_key)

    def is_written(self, path: Path) -> bool:
        """Whether something stands there, right or wrong."""
        node: Node | None = self.root
        for step in path:
            node = node.child(step) if node else None
        return node is not None

    @property
    def problems(self) -> tuple[Problem, ...]:
        """In the document's order."""
        return tuple(sorted(self._found.values(), key=lambda problem: (problem.line, problem.column)))

    def _find(self, path: Path) -> tuple[Node, tuple[int, int] | None]:
        """The node there, or the nearest around it; with the place of its key."""
        node, key = self.root, None
        for step in path:
            child = node.child(step)
            if child is None:
                break
            node, key = child, node.keys.get(str(step))
        return node, key
