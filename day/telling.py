"""What the day took, as a table a founder would show around."""

from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from day.failing import Failure
from day.watch import Watch


def print_day(console: Console, watch: Watch, *, failed: Failure | None, pictures: Path) -> None:
    """Chapters with clicks and seconds, then what must feel perfect."""
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column("")
    table.add_column("Chapter")
    table.add_column("Clicks", justify="right")
    table.add_column("Seconds", justify="right")
    for number, chapter in enumerate(watch.chapters, 1):
        broken = failed is not None and number == len(watch.chapters)
        sign = "[red]✗[/]" if broken else "[green]✓[/]"
        said = "".join(f"\n[dim]{words}[/]" for words in chapter.told)
        table.add_row(f"{sign} {number}", f"{chapter.title}{said}", str(chapter.clicks), f"{chapter.seconds:.1f}")
    clicks, seconds = watch.clicks, sum(chapter.seconds for chapter in watch.chapters)
    table.add_row("", "[bold]The day[/]", f"[bold]{clicks}[/]", f"[bold]{seconds:.1f}[/]")
    console.print()
    console.print(table)
    if watch.promises:
        console.print("\n[bold]What must feel perfect[/]")
    for promise in watch.promises:
        sign = "[red]✗[/]" if not promise.kept else "[yellow]~[/]" if promise.slow else "[green]✓[/]"
        console.print(f"{sign} {promise.what}: {promise.took}{' (slow)' if promise.slow else ''}")
    console.print(f"\nPictures of every chapter: {pictures}")
    if failed is not None:
        _print_failure(console, watch, failed)


def _print_failure(console: Console, watch: Watch, failed: Failure) -> None:
    """Last of all: of a long log often its end alone is shown. What others wrote is no markup."""
    last = watch.chapters[-1] if watch.chapters else None
    chapter = f" in chapter {len(watch.chapters)}: {last.title}" if last else " before its first chapter"
    console.print(Text(f"\nThe day ended early{chapter}", "red"), soft_wrap=True)
    for line in (*failed.said, *failed.where):
        console.print(Text(f"  {line}"), soft_wrap=True)
    for picture in last.failed if last else ():
        console.print(Text(f"  {picture}", "dim"), soft_wrap=True)
