"""A lifecycle as an SVG that stands alone: light or dark as whoever looks at it likes."""

from collections.abc import Iterator, Sequence
from html import escape

from ticketing.playbook.drawing.layout import HEAD, LINE, MARGIN, PAD, Box, Drawing, Line, lay_out
from ticketing.playbook.lifecycle import Lifecycle
from ticketing.playbook.playbook import Playbook
from ticketing.playbook.wording import arrow_marks

_TITLE = 40  # pixels above each lifecycle
_LEGEND = (
    "Admins may use every arrow.  ✓ needs an approval.  if… has a condition: rest the pointer on a line to read it."
)
# One colour for each origin's category, readable on light and on dark.
_STYLE = """
  svg { --paper: #ffffff; --ink: #1c2330; --soft: #5b6577; --box: #f6f8fa; --edge: #c4ccd8;
        --open: #2f6fde; --active: #b35c00; --pending: #7a55c9; --resolved: #1f8a4c; --closed: #6b7280;
        font: 12px system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif }
  @media (prefers-color-scheme: dark) {
    svg { --paper: #12161d; --ink: #e6eaf0; --soft: #9aa5b5; --box: #1b212b; --edge: #3b4556;
          --open: #6ea0ff; --active: #f0a04b; --pending: #b79bf5; --resolved: #56c98a; --closed: #9aa3b2 } }
  .paper { fill: var(--paper) } .box { fill: var(--box); stroke: var(--edge) }
  .title { font-size: 17px; font-weight: 600; fill: var(--ink) } .head { font-weight: 600; fill: var(--ink) }
  .row { fill: var(--ink) } .mark, .legend { fill: var(--soft) } .line { fill: none; stroke-width: 1.4 }
"""


def as_svg(lifecycles: Sequence[Lifecycle], playbook: Playbook) -> str:
    """All of them, one below the other."""
    drawings = [(each, lay_out(each, playbook)) for each in lifecycles]
    width = max([drawing.width for _, drawing in drawings] + [len(_LEGEND) * 6.5 + 2 * MARGIN])
    height = sum(drawing.height + _TITLE for _, drawing in drawings) + MARGIN + LINE
    names = ", ".join(each.label for each in lifecycles)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
        f'height="{height:.0f}" role="img" aria-label="{escape(names)}">',
        f"<style>{_STYLE}{''.join(_colours())}</style>",
        "<defs>",
        *(_head(name) for name in _CATEGORIES),
        "</defs>",
        f'<rect class="paper" width="{width:.0f}" height="{height:.0f}"/>',
    ]
    top = 0.0
    for lifecycle, drawing in drawings:
        parts.append(f'<text class="title" x="{MARGIN}" y="{top + 30:.0f}">{escape(lifecycle.label)}</text>')
        parts.append(f'<g transform="translate(0 {top + _TITLE:.0f})">')
        parts += _drawn(drawing, playbook)
        parts.append("</g>")
        top += drawing.height + _TITLE
    parts.append(f'<text class="legend" x="{MARGIN}" y="{height - MARGIN / 2:.0f}">{escape(_LEGEND)}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


_CATEGORIES = ("open", "active", "pending", "resolved", "closed")


def _colours() -> Iterator[str]:
    for name in _CATEGORIES:
        yield f"  .line.{name} {{ stroke: var(--{name}) }} .fill-{name} {{ fill: var(--{name}) }}\n"


def _head(name: str) -> str:
    return (
        f'<marker id="to-{name}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        f'<path class="fill-{name}" d="M0 0L8 4L0 8z"/></marker>'
    )


def _drawn(drawing: Drawing, playbook: Playbook) -> Iterator[str]:
    colours = {box.status.key: box.status.category.value for box in drawing.boxes}
    labels = {box.status.key: box.status.label for box in drawing.boxes}
    for line in drawing.lines:
        words = f"{labels[line.arrow.origin]} → {labels[line.arrow.to]}: {arrow_marks(line.arrow, playbook)}"
        yield _line(line, colours[line.arrow.origin], words)
    for box in drawing.boxes:
        yield from _box(box)


def _line(line: Line, colour: str, words: str) -> str:
    path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in line.points)
    return (
        f'<path class="line {colour}" d="{path}" marker-end="url(#to-{colour})"><title>{escape(words)}</title></path>'
    )


def _box(box: Box) -> Iterator[str]:
    category = box.status.category.value
    place = f'x="{box.x:.1f}" y="{box.y:.1f}"'
    yield f'<rect class="box" {place} width="{box.width:.1f}" height="{box.height:.1f}" rx="6"/>'
    yield f'<rect class="fill-{category}" {place} width="4" height="{box.height:.1f}" rx="2"/>'
    begins = "● " if box.begins else ""
    yield _text("head", box, 18, f"{begins}{box.status.label}")
    right = box.x + box.width - PAD
    yield f'<text class="mark" x="{right:.1f}" y="{box.y + 18:.1f}" text-anchor="end">{category}</text>'
    for index, row in enumerate(box.rows):
        kind = "row" if row.arrow is not None else "mark"
        yield _text(kind, box, HEAD + LINE * index + LINE / 2 + 6, row.text, full=row.full)


def _text(kind: str, box: Box, down: float, words: str, *, full: str = "") -> str:
    title = f"<title>{escape(full)}</title>" if full and full != words else ""
    x, y = box.x + PAD + 4, box.y + down
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}">{title}{escape(words)}</text>'
