"""Settings that cannot be, in words for whoever started the program."""

from pydantic import ValidationError


def in_words(error: ValidationError) -> str:
    """A line for each, with the variable's name. Without what it holds, which may be a secret."""
    return "\n".join(
        f"threadline: {_where(each['loc'])}{each['msg'].removeprefix('Value error, ')}"
        for each in error.errors(include_input=False, include_url=False, include_context=False)
    )


def _where(names: tuple[int | str, ...]) -> str:
    return f"{str(names[0]).upper()}: " if names else ""
