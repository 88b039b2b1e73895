"""Holidays of countries and their parts, from the library `holidays`: dates and English or local names."""

from collections.abc import Mapping
from functools import lru_cache

from sla.opening import CalendarError


@lru_cache(maxsize=4096)
def public_holidays(country: str, subdivision: str | None, year: int) -> Mapping[int, str]:
    """Names by the ordinal of their date. Raises CalendarError for a country or a part that nobody knows.

    Years that the library has nothing about have none.
    """
    import holidays  # large, and most desks write their own dates or none

    try:
        # Neighbouring years too: a holiday that falls on a weekend may be kept on the other side of New Year.
        found = holidays.country_holidays(country, subdiv=subdivision, years=(year - 1, year, year + 1))
    except NotImplementedError as error:
        place = country if subdivision is None else f"{subdivision} in {country}"
        raise CalendarError(f"No holidays are known for {place}: use ISO codes, like DE and BY.") from error
    return {on.toordinal(): name for on, name in found.items() if on.year == year}
