"""What several statements say of customers: their words, where it is not shown who wrote them, and whether they can be
reached.
"""

# Of a row of `message`: with the name of the member before it where the customer is a group.
_SAID = """CASE WHEN direction = 'in' AND author_name IS NOT NULL
            THEN author_name || ': ' || coalesce(nullif(text, ''), '📎') ELSE text END"""

# Of a row of `message`: a holiday note says nothing for the customer, nor does what a colleague wrote among us.
_FOR_THEMSELVES = """NOT EXISTS (
            SELECT FROM mail WHERE mail.message_id = message.id AND mail.automatic IS NOT NULL)"""

# Of a row of `conversation`: by mail all conversations with an address are reached, or none.
_REACH = """CASE WHEN conversation.thread = '' THEN conversation.unreachable_since ELSE (
            SELECT since FROM suppression
            WHERE suppression.channel = conversation.channel AND suppression.address = lower(conversation.address)
        ) END"""


def with_words(statement: str) -> str:
    """A statement in which `:SAID`, `:FOR_THEMSELVES` and `:REACH` stand for that."""
    said = statement.replace(":SAID", _SAID).replace(":FOR_THEMSELVES", _FOR_THEMSELVES)
    return said.replace(":REACH", _REACH)
