"""How the demo looks: steps with their times, a phone on the left, Slack on the right. Knows nothing of tickets.

In colour and with spinners on a terminal; piped, the same words as plain lines.
"""

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from rich import box
from rich.align import Align
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from app.demo.waiting import DemoFailed

_NARROWEST, _WIDEST = 60, 100
_FRAME = 4  # columns that a panel's border and padding take
_INDENT = 3
_TAIL = 12  # lines of a log shown when something went wrong


def seconds(value: float) -> str:
    """ "8 ms", "1.24 s"."""
    return f"{value * 1000:.0f} ms" if value < 0.1 else f"{value:.2f} s"


@dataclass(slots=True)
class Page:
    """What is told of one step. Filled while it happens, printed when it is over, with the time it took."""

    columns: int  # within a panel
    parts: list[RenderableType] = field(default_factory=list)

    def say(self, words: str, *, mark: str = "→") -> None:
        line = Table.grid(padding=(0, 1))
        line.add_row(Text(mark, "bold cyan"), Text(words))
        self.parts.append(line)

    def aside(self, words: str) -> None:
        """A line of a record, as it stands there."""
        self.parts.append(Text(words, "dim", no_wrap=True, overflow="ellipsis"))

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        for head in heads:
            table.add_column(head)
        for row in rows:
            table.add_row(*map(Text, row))
        self.parts.append(table)

    def phone(self, whose: str, words: str, *, incoming: bool, note: str = "") -> None:
        """A bubble on the customer's phone: what they wrote on the right, what they received on the left."""
        bubble = Panel(
            Text(words),
            title=Text(f"📱 {whose}", "bold"),
            title_align="left",
            subtitle=Text(note, "dim") if note else None,
            subtitle_align="right",
            box=box.ROUNDED,
            border_style="blue" if incoming else "green",
            width=min(self.columns, max(len(whose) + 10, len(note) + 8, _longest(words) + _FRAME)),
        )
        self.parts.append(Align.left(bubble) if incoming else Align.right(bubble))

    def slack(self, drawn: str, *, title: str) -> None:
        """Something in Slack, drawn as text."""
        self.parts.append(
            Panel(Text(drawn), title=Text(title, "bold"), title_align="left", box=box.SQUARE, border_style="magenta")
        )


def _longest(words: str) -> int:
    return max(Text(line).cell_len for line in words.split("\n"))


@dataclass(frozen=True, slots=True)
class Told:
    """A step that is over."""

    title: str
    took: float  # seconds


class Teller:
    """The one who talks. `steps` are those told so far."""

    def __init__(self, console: Console | None = None) -> None:
        if console is None:
            # A terminal in another encoding gets question marks instead of an error.
            if hasattr(sys.stdout, "reconfigure"):
                sys.stdout.reconfigure(errors="replace")
            console = Console(highlight=False, emoji=False)
            console = Console(
                highlight=False, emoji=False, width=max(_NARROWEST, min(console.width, _WIDEST)), soft_wrap=False
            )
        self.console = console
        self.starts: list[Told] = []
        self.steps: list[Told] = []

    @property
    def columns(self) -> int:
        """Room within a panel of a step."""
        return self.console.width - _FRAME - _INDENT

    def headline(self, title: str, words: str) -> None:
        self.console.print(Panel(Group(Text(title, "bold"), Text(words)), box=box.HEAVY, border_style="cyan"))

    def act(self, title: str) -> None:
        self.console.print()
        self.console.print(Rule(Text(title, "bold cyan"), align="left", style="cyan"))

    @contextmanager
    def start(self, what: str, *, since: float | None = None) -> Iterator[None]:
        """Something that is started: a line with the time it took, from `since` (of the performance counter) or now."""
        began = time.perf_counter()
        with self.busy(what):
            yield
        ended = time.perf_counter()
        self.starts.append(Told(what, ended - began))
        took = ended - (began if since is None else since)
        self.console.print(self._line(Text("✓", "bold green"), Text(what), took))

    @contextmanager
    def step(self, title: str) -> Iterator[Page]:
        """The next numbered step. It is told when it is over; one that fails, up to where it came."""
        number = len(self.steps) + 1
        page = Page(self.columns)
        began = time.perf_counter()
        sign = Text("✗", "bold red")
        try:
            with self.busy(title):
                yield page
            sign = Text("✓", "bold green")
        finally:
            took = time.perf_counter() - began
            self.steps.append(Told(title, took))
            self.console.print()
            self.console.print(self._line(sign, Text(f"{number:>2}  {title}", "bold"), took))
            self.console.print(Padding(Group(*page.parts), (0, 0, 0, _INDENT)))

    def busy(self, what: str) -> AbstractContextManager[object]:
        """A spinner while something happens; nothing at all when nobody watches."""
        if not self.console.is_terminal:
            return nullcontext()
        return self.console.status(Text(f" {what} …", "dim"), spinner="dots")

    def table(self, rows: Sequence[tuple[str, str]], *, heads: tuple[str, str]) -> None:
        table = Table(box=box.SIMPLE_HEAD)
        table.add_column(heads[0])
        table.add_column(heads[1], justify="right")
        for name, value in rows:
            table.add_row(Text(name), Text(value))
        self.console.print(table)

    def lines(self, title: str, lines: Sequence[tuple[str, str]]) -> None:
        """What to type, and what comes of it."""
        grid = Table.grid(padding=(0, 2))
        for command, meaning in lines:
            grid.add_row(Text(command, "cyan"), Text(meaning))
        self.console.print(Text(title, "bold"))
        self.console.print(Padding(grid, (0, 0, 0, 2)))

    def failed(self, failure: DemoFailed, logs: Path) -> None:
        """What went wrong, what the processes said last, what to do."""
        console = self.console
        console.print()
        console.print(Text(f"✗ {failure.what}", "bold red"))
        for log in sorted(logs.glob("*.log")):
            tail = log.read_text("utf-8", "replace").strip().splitlines()[-_TAIL:]
            if tail:
                console.print(
                    Panel(Text("\n".join(tail)), title=Text(str(log)), title_align="left", border_style="red")
                )
        todo = failure.todo or f"Read the logs in {logs}; then try again. On a busy machine a second try may do."
        console.print(Text(f"→ {todo}"))

    def _line(self, sign: Text, words: Text, took: float) -> Table:
        line = Table.grid(expand=True)
        line.add_column(width=2)
        line.add_column(ratio=1)
        line.add_column(justify="right", width=9)
        line.add_row(sign, words, Text(seconds(took), "dim"))
        return line
