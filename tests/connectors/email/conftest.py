"""The mail server that these tests share, and a mailbox of its own for each."""

import warnings
from collections.abc import Iterator

import pytest

from tests.connectors.email import dovecot as server
from tests.connectors.email.dovecot import Dovecot, DovecotMailbox


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
