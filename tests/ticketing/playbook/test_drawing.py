"""A drawn lifecycle can be read: nothing lies on anything else."""

from itertools import combinations, pairwise
from xml.etree import ElementTree

import pytest

from tests.playbooks import example
from ticketing.playbook.drawing import as_svg
from ticketing.playbook.drawing.layout import Drawing, lay_out

DRAWN = [
    (f"{name} {lifecycle.key}", lay_out(lifecycle, playbook))
    for name in ("retail", "hotel", "disputes")
    for playbook in [example(name)]
    for lifecycle in playbook.lifecycles.values()
]
everything = pytest.mark.parametrize("drawing", [each for _, each in DRAWN], ids=[name for name, _ in DRAWN])


@everything
def test_no_two_boxes_touch_and_all_are_inside(drawing: Drawing) -> None:
    for one, other in combinations(drawing.boxes, 2):
        apart_x = one.x + one.width < other.x or other.x + other.width < one.x
        apart_y = one.y + one.height < other.y or other.y + other.height < one.y
        assert apart_x or apart_y
    assert all(box.x + box.width < drawing.width and box.y + box.height < drawing.height for box in drawing.boxes)


@everything
def test_no_arrow_runs_through_a_box_and_words_are_in_boxes_only(drawing: Drawing) -> None:
    for line in drawing.lines:
        for (x1, y1), (x2, y2) in pairwise(line.points):
            left, right, top, bottom = min(x1, x2), max(x1, x2), min(y1, y2), max(y1, y2)
            for box in drawing.boxes:
                outside_x = right <= box.x or left >= box.x + box.width
                outside_y = bottom <= box.y or top >= box.y + box.height
                assert outside_x or outside_y, (line.arrow, box.status.key)


@everything
def test_no_two_arrows_share_a_lane(drawing: Drawing) -> None:
    upright = [x1 for line in drawing.lines for (x1, y1), (x2, y2) in pairwise(line.points) if x1 == x2]
    across = [line.points[2][1] for line in drawing.lines if len(line.points) == 6]
    assert len(upright) == len(set(upright))
    assert len(across) == len(set(across))


def test_names_cannot_break_out_of_the_drawing() -> None:
    playbook = example("retail")
    text = as_svg(list(playbook.lifecycles.values()), playbook)
    assert "fields.refund_amount &lt; 100" in text
    ElementTree.fromstring(text)
