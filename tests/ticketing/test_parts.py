"""The messages that a reply goes out as."""

import unicodedata
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.telegram.outbound import LIMITS as TELEGRAM
from connectors.whatsapp.outgoing import LIMITS as WHATSAPP
from connectors.whatsapp.outgoing import characters
from core.messages import Button, Limits
from tests.factories import unhurried
from ticketing.conversations.parts import FileRefused, GivenFile, Part, parts_of
from ticketing.conversations.split import split
from ticketing.tickets.comment import TextRefused

FAMILY, FLAG, THUMB, E_ACUTE = "👩‍👩‍👧‍👦", "🇩🇪", "👍🏽", "e\u0301"
PHOTO = GivenFile(uuid4(), "mug.jpg", "image/jpeg", 3_000_000)
BILL = GivenFile(uuid4(), "bill.pdf", "application/pdf", 20_000_000)
EXE = GivenFile(uuid4(), "setup.exe", "application/x-msdownload", 10)
SOUND = GivenFile(uuid4(), "how to.mp3", "audio/mpeg", 3_000_000)
SIZES = {"image/jpeg": 5_000_000, "application/pdf": 16_000_000, "audio/mpeg": 16_000_000}
LIMITS = Limits(
    text=100,
    splits=True,
    caption=lambda kind: 0 if kind == "audio/mpeg" else 20,
    file=lambda kind: SIZES.get(kind, 0),
    buttons=2,
)

SIGNS = [*"ab .\n!?,", "é", "ش", "ا", "\u200f", "字", "。", FAMILY, FLAG, THUMB, E_ACUTE]
words = st.lists(st.sampled_from(SIGNS), max_size=200).map("".join)


class TestSplit:
    @given(words, st.integers(30, 60))
    @unhurried
    def test_nothing_is_lost_and_every_part_fits_as_the_channel_counts_it(self, text: str, most: int) -> None:
        pieces = split(text.strip(), most, characters)
        assert "".join("".join(pieces).split()) == "".join(text.split())
        assert all(characters(piece) <= most and piece.strip() for piece in pieces)

    @given(st.lists(st.sampled_from([FAMILY, FLAG, THUMB, E_ACUTE]), min_size=1, max_size=60), st.integers(11, 40))
    @unhurried
    def test_what_is_read_as_one_sign_is_never_parted(self, signs: list[str], most: int) -> None:
        for piece in split("".join(signs), most, characters):
            first, last = piece[0], piece[-1]
            assert first not in "\u200d\u0301\U0001f3fd"
            assert last != "\u200d"
            assert piece.count("🇩") == piece.count("🇪")
            assert not unicodedata.combining(first)

    @given(st.text(max_size=200), st.integers(2, 10))
    @unhurried
    def test_any_text_at_all_comes_to_an_end(self, text: str, most: int) -> None:
        assert all(characters(piece) <= most for piece in split(text, most, characters))

    @pytest.mark.parametrize(
        ("text", "pieces"),
        [
            ("One two.\n\nThree four five.", ("One two.\n\n", "Three four five.")),
            ("One two three.\nFour five", ("One two three.\n", "Four five")),
            ("One two three. Four five six", ("One two three. ", "Four five six")),
            ("One, two three four five six", ("One, two three ", "four five six")),
            ("x" * 40, ("x" * 18, "x" * 18, "x" * 4)),
        ],
        ids=["paragraph", "line", "sentence", "word", "anywhere"],
    )
    def test_it_is_cut_where_a_reader_would_pause(self, text: str, pieces: tuple[str, ...]) -> None:
        assert split(text, 18, len) == pieces


class TestParts:
    def test_a_short_text_is_one_message(self) -> None:
        assert parts_of("  Hello\x00 ", LIMITS) == (Part("Hello"),)

    def test_a_long_one_is_several_where_the_channel_splits_and_refused_where_it_does_not(self) -> None:
        assert [len(part.text) for part in parts_of("x" * 250, LIMITS)] == [100, 100, 50]
        with pytest.raises(TextRefused, match="250 characters; this channel takes 100"):
            parts_of("x" * 250, Limits(text=100))

    def test_words_stand_below_the_first_file_where_they_fit_and_go_before_it_where_not(self) -> None:
        assert parts_of("Your mug", LIMITS, files=[PHOTO, PHOTO]) == (Part("Your mug", PHOTO.id), Part("", PHOTO.id))
        assert parts_of("x" * 21, LIMITS, files=[PHOTO]) == (Part("x" * 21), Part("", PHOTO.id))
        assert parts_of("", LIMITS, files=[PHOTO]) == (Part("", PHOTO.id),)

    def test_words_go_before_a_file_that_takes_none_such_as_sound_on_whatsapp(self) -> None:
        alone = (Part("Listen"), Part("", SOUND.id))
        assert parts_of("Listen", LIMITS, files=[SOUND, PHOTO]) == (*alone, Part("", PHOTO.id))
        assert parts_of("Listen", WHATSAPP, files=[SOUND]) == alone
        assert parts_of("Listen", TELEGRAM, files=[SOUND]) == (Part("Listen", SOUND.id),)
        assert parts_of("Your mug", WHATSAPP, files=[PHOTO]) == (Part("Your mug", PHOTO.id),)

    def test_a_file_that_the_channel_does_not_take_is_refused_with_its_type_and_the_limit(self) -> None:
        with pytest.raises(FileRefused, match=r"bill.pdf has 20 MB; this channel takes 16 MB of the type application/"):
            parts_of("", LIMITS, files=[PHOTO, BILL])
        with pytest.raises(FileRefused, match="no files of the type application/x-msdownload"):
            parts_of("Run this", LIMITS, files=[EXE])

    def test_buttons_stand_under_the_last_message(self) -> None:
        yes = Button("Yes", "y")
        first, last = parts_of("x" * 150, LIMITS, buttons=[yes])
        assert (first.buttons, last.buttons) == ((), (yes,))
        with pytest.raises(TextRefused, match="3 buttons; this channel takes 2"):
            parts_of("Hello", LIMITS, buttons=[yes] * 3)

    def test_nothing_at_all_is_refused(self) -> None:
        with pytest.raises(TextRefused, match="empty"):
            parts_of(" \x00\n", LIMITS)
