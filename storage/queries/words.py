"""How words of a customer come out of a statement where only their words are shown, not who wrote them."""

# Of a row of `message`: with the name of the member before it where the customer is a group.
_SAID = """CASE WHEN direction = 'in' AND author_name IS NOT NULL
            THEN author_name || ': ' || coalesce(nullif(text, ''), '📎') ELSE text END"""


def with_words(statement: str) -> str:
    """A statement in which `:SAID` stands for that."""
    return statement.replace(":SAID", _SAID)
