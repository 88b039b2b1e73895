"""Why something comes back is known from what a brain found: its intent where that is a reason, else its category."""

import pytest

from tests.factories import NOW, a_burst, a_ticket, an_issue
from tests.playbooks import example
from ticketing.fields.auto_fill import Known, fillings


@pytest.mark.parametrize(
    ("category", "intent", "reason"),
    [
        ("damaged", "damaged_item", ("category", "damaged")),
        ("damaged", "refund_request", ("category", "damaged")),
        ("product", "wrong_item", ("intent", "wrong_item")),
        ("billing", "refund_request", None),
    ],
)
def test_the_shops_reason_for_a_return_fills_itself(category: str, intent: str, reason: tuple[str, str] | None) -> None:
    burst = a_burst("My mug arrived broken")
    known = Known("whatsapp", issue=an_issue(burst, category=category, intent=intent))
    found = fillings(a_ticket(type="return"), known, example("retail"), at=NOW)
    sources = {each.field: (each.source, each.value) for each in found}
    assert sources.get("return_reason") == reason


def test_what_nobody_has_read_is_no_reason() -> None:
    burst = a_burst("My mug arrived broken")
    known = Known("whatsapp", issue=an_issue(burst, confidence=0.0))
    assert fillings(a_ticket(type="return"), known, example("retail"), at=NOW) == []
