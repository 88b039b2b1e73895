"""The tree of errors is the one drawn at the top of `core/errors.py`, wherever the leaves live."""

import importlib
import pkgutil
from collections.abc import Iterator

import pytest

import connectors
import core
import storage
import ticketing
from core.errors import ChannelError, ChannelUnavailable, DeskError, MessageRefused, Refused, Untrusted


def every(kind: type[DeskError]) -> Iterator[type[DeskError]]:
    for below in kind.__subclasses__():
        if not below.__module__.startswith("tests."):
            yield below
        yield from every(below)


@pytest.fixture(scope="module", autouse=True)
def _all_packages_imported() -> None:
    for package in (core, ticketing, connectors, storage):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations." not in module.name:
                importlib.import_module(module.name)


def test_every_error_stands_under_one_of_the_three_branches() -> None:
    branches = (Refused, Untrusted, ChannelError)
    assert set(DeskError.__subclasses__()) == set(branches)
    for kind in every(DeskError):
        assert sum(issubclass(kind, branch) for branch in branches) == 1


def test_every_error_says_in_its_docstring_what_it_means() -> None:
    assert [kind.__name__ for kind in every(DeskError) if not kind.__doc__] == []


def test_no_two_errors_share_a_code() -> None:
    names = [kind.__name__ for kind in every(DeskError)]
    assert len(names) == len(set(names))


def test_an_error_carries_its_words_and_its_code() -> None:
    error = MessageRefused("Too long.", vendor_code="21617")
    assert (error.message, str(error), error.code, error.vendor_code) == (
        "Too long.",
        "Too long.",
        "MessageRefused",
        "21617",
    )


def test_an_outage_may_name_when_to_try_again() -> None:
    assert ChannelUnavailable("Away.").retry_after is None
    assert ChannelUnavailable("Away.", retry_after=2.5).retry_after == 2.5
