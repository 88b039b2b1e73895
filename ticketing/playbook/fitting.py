"""Whether what an expression gives may stand where an action or a field wants something."""

from ticketing.playbook.kinds import Kind, Names, Sort

_NUMBERS = {Sort.NUMBER, Sort.WHOLE}


def fits(given: Kind, wanted: "Kind | Names", *, optional: bool = True) -> bool:
    """Whether a value of the one may stand where the other is wanted. Options are not looked at: `strangers`."""
    if given.sort is Sort.ANY:
        return True
    if not isinstance(wanted, Kind):
        return False  # no expression gives a group of names
    if wanted.sort is Sort.ANY or (given.sort is Sort.NOTHING and optional):
        return True
    if {given.sort, wanted.sort} <= _NUMBERS:
        return True
    if given.sort is Sort.LIST and wanted.sort is Sort.LIST:
        return given.of is None or wanted.of is None or fits(given.of, wanted.of)
    return given.sort is wanted.sort


def strangers(given: Kind, wanted: "Kind | Names") -> tuple[str, ...]:
    """What the one may be and the other never is. None of it is told where either may be any text."""
    if not isinstance(wanted, Kind):
        return ()
    if given.sort is Sort.LIST and given.of is not None and wanted.of is not None:
        given, wanted = given.of, wanted.of
    if given.options is None or wanted.options is None:
        return ()
    return tuple(option for option in given.options if option not in wanted.options)
