"""A problem inside a condition is shown where it stands in the file, however YAML has it written."""

import pytest

from tests.ticketing.playbook.broken import BASE
from ticketing.playbook.language import compile_playbook
from ticketing.playbook.places import places

LINE = BASE.splitlines().index("    when: fields.amount > 200") + 1


@pytest.mark.parametrize(
    ("written", "line", "column"),
    [
        ("when: fields.amont > 200", 0, 18),
        ("when:    fields.amont > 200", 0, 21),
        ("when: 'fields.amont > 200'", 0, 19),
        ('when: "fields.amont > 200"', 0, 19),
        ("when: 'ticket.subject == ''x'' && fields.amont > 200'", 0, 46),
        ('when: "ticket.subject == \\"a\\" && fields.amont > 200"', 0, 46),
        ("when: |\n      fields.amont > 200", 1, 14),
        ("when: |-\n\n      ticket.subject == 'a'\n        && fields.amont > 200", 3, 19),
        ("when: >-\n      ticket.subject == 'a' &&\n      fields.amont > 200", 2, 14),
        ("when:\n      fields.amont > 200", 1, 14),
        ("when: ticket.subject == 'ä' &&\n      fields.amont > 200", 1, 14),
    ],
)
def test_line_and_column_are_those_of_the_word(written: str, line: int, column: int) -> None:
    text = BASE.replace("when: fields.amount > 200", written)
    (problem,) = compile_playbook(text, file="p.yaml").problems
    assert problem.message == "There is no field amont"
    assert text.splitlines()[problem.line - 1][problem.column - 1 :].startswith("amont")
    assert (problem.line - LINE, problem.column) == (line, column)


def test_what_a_saved_reply_leaves_open_is_found_at_once_whatever_is_written() -> None:
    """Blanks that were taken off in every way there is would be looked at until the tests are ended by force."""
    assert places("Hello {{ customer.name}}: {{fields.order_number  }}") == [
        (6, "customer.name"),
        (26, "fields.order_number"),
    ]
    assert places("{{" + " " * 4000) == []
