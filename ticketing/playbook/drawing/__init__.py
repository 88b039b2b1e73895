"""A lifecycle to look at: as text for a terminal, and as an SVG. Pure: nothing here writes a file."""

from ticketing.playbook.drawing.svg import as_svg
from ticketing.playbook.drawing.text import as_text

__all__ = ["as_svg", "as_text"]
