"""Names of files from outside are words, and nothing else."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import unhurried
from ticketing.attachments.kinds import default_name, is_shown_inline
from ticketing.attachments.names import MOST_LETTERS, safe_name, size_words


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("invoice.pdf", "invoice.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\anna\\mug.jpg", "mug.jpg"),
        ("photo\u202egpj.exe", "photogpj.exe"),  # it would read as photoexe.jpg
        ("a\x00b\r\nContent-Type: text/html\r\n.jpg", "html .jpg"),
        ("  .hidden. ", "hidden"),
        ("..", "file"),
        ("", "file"),
        (None, "file"),
        ("Größe – 2″ (neu).png", "Größe – 2″ (neu).png"),
    ],
)
def test_a_name_keeps_its_words_and_loses_what_means_something_to_a_system(name: str | None, safe: str) -> None:
    assert safe_name(name) == safe


def test_a_long_name_keeps_its_extension() -> None:
    assert safe_name("a" * 300 + ".tar.gz") == "a" * (MOST_LETTERS - 3) + ".gz"
    assert safe_name("a" * 300) == "a" * MOST_LETTERS


@given(st.text(max_size=400))
@unhurried
def test_no_name_controls_reorders_or_leaves_its_folder(name: str) -> None:
    safe = safe_name(name)
    assert 1 <= len(safe) <= MOST_LETTERS
    assert not set(safe) & set('/\\:*?"<>|\x00\n\r')
    assert safe not in {".", ".."}
    assert not any(unicodedata.category(each)[0] == "C" for each in safe)
    assert safe_name(safe) == safe


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (34_400, "34 KB"),
        (999_600, "1.0 MB"),
        (25 * 2**20, "26.2 MB"),
    ],
)
def test_a_size_is_said_in_words(size: int, words: str) -> None:
    assert size_words(size) == words


def test_a_file_without_a_name_is_called_after_what_it_is_said_to_be() -> None:
    assert default_name("image/jpeg") == "photo.jpg"
    assert default_name("audio/ogg; codecs=opus") == "voice.ogg"
    assert default_name(None) == "file"


@pytest.mark.parametrize(
    "kind", ["text/html", "image/svg+xml", "application/pdf", "text/plain", "application/xml", None]
)
def test_what_can_run_a_script_or_is_not_known_is_never_shown_by_a_browser(kind: str | None) -> None:
    assert not is_shown_inline(kind)
