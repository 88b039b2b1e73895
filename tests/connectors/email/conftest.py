"""The mail server that these tests share, and a mailbox of its own for each."""

import asyncio
import warnings
from collections.abc import Callable, Iterator, Mapping

import pytest
import uvloop

from tests.connectors.email import dovecot as server
from tests.connectors.email.dovecot import Dovecot, DovecotMailbox


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """uvloop, on which our processes run: its connections differ from asyncio's own, which the contract is tried on."""
    return {"uvloop": uvloop.new_event_loop}


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    if server.program() is None:
        warnings.warn(server.MISSING, stacklevel=1)  # a skipped test alone says nothing unless it is asked
        pytest.skip(server.MISSING)
    with Dovecot() as running:
        yield running


@pytest.fixture
def box(dovecot: Dovecot) -> DovecotMailbox:
    return dovecot.mailbox()
