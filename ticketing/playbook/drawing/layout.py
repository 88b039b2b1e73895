"""Where everything of a drawn lifecycle stands, in pixels.

Statuses stand in columns by category, from left to right. Each lists its own arrows inside its box, so that no words
ever stand on a line; an arrow leaves from its row on the right and comes in on the left. Every stretch of an arrow has
a lane of its own: lines cross, but never lie on one another and never run through a box.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from ticketing.playbook.lifecycle import Lifecycle, Status, StatusCategory, Transition
from ticketing.playbook.playbook import Playbook
from ticketing.playbook.wording import status_marks, who

LINE, HEAD, PAD, LANE, GAP, MARGIN = 18, 26, 8, 9, 26, 24
_SIGN = 7.3  # the widest that a character of 12 pixels is on average, whatever the font
_WIDEST, _NARROWEST = 400, 150
APPROVAL = "✓"


@dataclass(frozen=True, slots=True)
class Row:
    """A line in a box. `arrow` is None for a remark."""

    text: str
    full: str  # the same uncut
    arrow: Transition | None = None


@dataclass(slots=True)
class Box:
    status: Status
    column: int
    begins: bool
    rows: Sequence[Row]
    incoming: int
    width: float = 0.0
    x: float = 0.0
    y: float = 0.0

    @property
    def height(self) -> float:
        return max(HEAD + PAD + LINE * len(self.rows), HEAD + LANE * (self.incoming + 1))

    def row_y(self, index: int) -> float:
        return self.y + HEAD + LINE * index + LINE / 2 + 2


@dataclass(frozen=True, slots=True)
class Line:
    """An arrow: the points it goes through, at right angles."""

    arrow: Transition
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    boxes: Sequence[Box]
    lines: Sequence[Line]
    width: float
    height: float


def lay_out(lifecycle: Lifecycle, playbook: Playbook) -> Drawing:
    boxes = _boxes(lifecycle, playbook)
    return _Routing(boxes, lifecycle.transitions).drawing()


def _boxes(lifecycle: Lifecycle, playbook: Playbook) -> list[Box]:
    used = [each for each in StatusCategory if any(status.category is each for status in lifecycle.statuses)]
    into = [arrow.to for arrow in lifecycle.transitions]
    boxes = [
        Box(
            status,
            used.index(status.category),
            status.key in lifecycle.created_in,
            _rows(status, lifecycle, playbook),
            into.count(status.key),
        )
        for status in lifecycle.statuses
    ]
    boxes.sort(key=lambda box: box.column)
    for _, column in groupby(boxes, key=lambda box: box.column):
        members = list(column)
        widest = max(_width(box) for box in members)
        for box in members:
            box.width = widest
    return boxes


def _rows(status: Status, lifecycle: Lifecycle, playbook: Playbook) -> list[Row]:
    rows = [_row(mark) for mark in status_marks(status, lifecycle, playbook)]
    for to in lifecycle.following(status.key):
        arrow = lifecycle.transition(status.key, to.key)
        assert arrow is not None
        signs = f"{APPROVAL} " if arrow.approval is not None else ""  # first: what is too long is cut at its end
        only = "if… " if arrow.when is not None else ""
        rows.append(_row(f"→ {signs}{only}{to.label}: {who(arrow.by)}", arrow))
    return rows


def _row(text: str, arrow: Transition | None = None) -> Row:
    room = int((_WIDEST - 2 * PAD - 12) / _SIGN)
    return Row(text if len(text) <= room else text[: room - 1].rstrip() + "…", text, arrow)


def _width(box: Box) -> float:
    longest = max([len(box.status.label) * 1.15 + 12, *(len(row.text) for row in box.rows)])
    return min(max(longest * _SIGN + 2 * PAD + 12, _NARROWEST), _WIDEST)


class _Routing:
    """Places the boxes, then leads each arrow from its row to the left side of where it goes."""

    def __init__(self, boxes: list[Box], arrows: Sequence[Transition]) -> None:
        self.boxes = boxes
        self.by_key = {box.status.key: box for box in boxes}
        self.columns = boxes[-1].column + 1
        self.arrows = [arrow for box in boxes for row in box.rows if (arrow := row.arrow) is not None]
        assert len(self.arrows) == len(arrows)
        self.lanes = [0] * (self.columns + 1)  # vertical ones in the gap left of each column, and right of the last
        self.below = sum(not self._is_next(arrow) for arrow in self.arrows)
        self.bottoms = 0
        self.arrived: dict[str, int] = {}

    def drawing(self) -> Drawing:
        bottom = self._place()
        lines = [self._line(arrow, bottom) for arrow in self.arrows]
        right = max(box.x + box.width for box in self.boxes) + self._gap(self.columns)
        return Drawing(self.boxes, lines, right + MARGIN, bottom + LANE * (self.below + 1) + MARGIN)

    def _is_next(self, arrow: Transition) -> bool:
        """It goes straight into the next column, and needs no way around."""
        return self.by_key[arrow.to].column == self.by_key[arrow.origin].column + 1

    def _gap(self, index: int) -> float:
        """Wide enough for every lane in it."""
        leaving = sum(self.by_key[arrow.origin].column + 1 == index for arrow in self.arrows)
        coming = sum(self.by_key[arrow.to].column == index and not self._is_next(arrow) for arrow in self.arrows)
        return 0 if not (leaving + coming) else 2 * GAP + LANE * (leaving + coming)

    def _place(self) -> float:
        x, tallest = float(MARGIN), 0.0
        for index in range(self.columns):
            x += self._gap(index)
            y = float(MARGIN)
            members = [box for box in self.boxes if box.column == index]
            for box in members:
                box.x, box.y = x, y
                y += box.height + GAP
            x += members[0].width
            tallest = max(tallest, y - GAP)
        return tallest + GAP / 2

    def _lane(self, gap: int) -> float:
        """The next free vertical lane of a gap."""
        self.lanes[gap] += 1
        left = MARGIN if gap == 0 else max(box.x + box.width for box in self.boxes if box.column == gap - 1)
        return left + GAP + LANE * (self.lanes[gap] - 0.5)

    def _line(self, arrow: Transition, bottom: float) -> Line:
        origin, to = self.by_key[arrow.origin], self.by_key[arrow.to]
        row = next(index for index, each in enumerate(origin.rows) if each.arrow is arrow)
        start = (origin.x + origin.width, origin.row_y(row))
        self.arrived[to.status.key] = self.arrived.get(to.status.key, 0) + 1
        end = (to.x, to.y + HEAD + (to.height - HEAD) * self.arrived[to.status.key] / (to.incoming + 1))
        first = self._lane(origin.column + 1)
        if self._is_next(arrow):
            return Line(arrow, (start, (first, start[1]), (first, end[1]), end))
        self.bottoms += 1
        under = bottom + LANE * self.bottoms
        second = self._lane(to.column)
        points = (start, (first, start[1]), (first, under), (second, under), (second, end[1]), end)
        return Line(arrow, points)
