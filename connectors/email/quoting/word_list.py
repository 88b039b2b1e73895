"""Lists of words as they stand in the tables beside: between bars, over several lines."""


def words(table: str) -> tuple[str, ...]:
    """ "a | b |\n c" as ("a", "b", "c")."""
    return tuple(word for each in table.split("|") if (word := " ".join(each.split())))
