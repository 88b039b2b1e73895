"""format=flowed (RFC 3676): lines that a mailer broke for transport, joined again."""


def unflowed(text: str, *, delsp: bool = False) -> str:
    """Lines that end with a space go on in the next one of the same quote. `delsp`: the space was added, too."""
    done: list[str] = []
    pending: list[str] = []
    depth = 0
    for line in text.split("\n"):
        level, content = _level(line)
        if pending and level != depth:
            done.append(_quoted("".join(pending), depth))
            pending = []
        depth = level
        if content.endswith(" ") and content != "-- ":
            pending.append(content[:-1] if delsp else content)
        elif content == "-- " and pending:
            done += [_quoted("".join(pending).rstrip(" "), depth), _quoted(content, depth)]
            pending = []
        else:
            done.append(_quoted("".join([*pending, content]), depth))
            pending = []
    if pending:
        done.append(_quoted("".join(pending), depth))
    return "\n".join(done)


def _level(line: str) -> tuple[int, str]:
    content = line.lstrip(">")
    return len(line) - len(content), content.removeprefix(" ")


def _quoted(content: str, level: int) -> str:
    return f"{'>' * level} {content}" if level else content
