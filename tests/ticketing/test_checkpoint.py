"""Checkpoints: what is signed, what a path proves, and that an exported line comes back as it was."""

from dataclasses import fields, replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import NOW, a_record, unhurried
from ticketing.activity import merkle
from ticketing.activity.chain import EMPTY, Head, digest, link
from ticketing.activity.checkpoint import (
    Checkpoint,
    Covered,
    Signer,
    Witness,
    following,
    is_signed,
    leaf_content,
    proves,
)
from ticketing.activity.checkpoint import digest as digest_of
from ticketing.activity.exported import BadLine, End, Header, Reader, end_line, header_line, part_line
from ticketing.activity.findings import Opened, Part
from ticketing.activity.record import Entry, Stream

STREAM = Stream("ticket", UUID(int=7))
SIGNER = Signer(b"a key of this test's own")


def heads(count: int) -> list[Head]:
    return [Head(seq, f"{seq:064x}") for seq in range(1, count + 1)]


def a_checkpoint(seen: list[Head]) -> Checkpoint:
    tree = merkle.Tree([merkle.leaf(leaf_content(STREAM, head)) for head in seen])
    return SIGNER.sign(replace(following(None, at=NOW), size=len(seen), root=tree.root.hex()))


def covered(seen: list[Head], place: int) -> Covered:
    tree = merkle.Tree([merkle.leaf(leaf_content(STREAM, head)) for head in seen])
    return Covered(1, place, seen[place], tuple(each.hex() for each in tree.path(place)))


class TestProves:
    @unhurried
    @given(st.integers(1, 40), st.data())
    def test_a_path_proves_its_head_at_its_place_and_nothing_else(self, size: int, data: Any) -> None:
        seen = heads(size)
        checkpoint, place = a_checkpoint(seen), data.draw(st.integers(0, size - 1))
        one = covered(seen, place)
        assert proves(checkpoint, one, STREAM)
        assert not proves(checkpoint, one, Stream("ticket", UUID(int=8)))
        assert not proves(checkpoint, replace(one, head=Head(99, "f" * 64)), STREAM)
        other = data.draw(st.integers(-1, size).filter(lambda each: each != place))
        assert not proves(checkpoint, replace(one, place=other), STREAM)
        assert not proves(checkpoint, replace(one, path=(*(one.path or ()), "00" * 32)), STREAM)
        if one.path:
            assert not proves(checkpoint, replace(one, path=one.path[1:]), STREAM)
            assert not proves(checkpoint, replace(one, path=("no hex", *one.path[1:])), STREAM)

    def test_an_inner_node_is_no_leaf(self) -> None:
        left, right = merkle.leaf(b"a"), merkle.leaf(b"b")
        assert merkle.Tree([left, right]).root != merkle.leaf(left + right)

    def test_nothing_has_a_root_too(self) -> None:
        assert merkle.Tree([]).root == merkle.EMPTY_ROOT
        assert not proves(a_checkpoint([]), Covered(1, 0, heads(1)[0], ()), STREAM)


class TestSigner:
    def test_everything_that_a_checkpoint_says_is_signed(self) -> None:
        made = a_checkpoint(heads(3))
        assert is_signed(made)
        assert digest_of(made) == made.digest
        for field in fields(Checkpoint):
            if field.name in ("digest", "signature"):
                continue
            value = getattr(made, field.name)
            other: Any = NOW.replace(year=2020) if field.name == "at" else 9 if isinstance(value, int) else "ab" * 32
            altered = replace(made, **{field.name: other})
            assert digest_of(altered) != made.digest, field.name
            assert not is_signed(replace(altered, digest=digest_of(altered))), field.name

    def test_the_same_secret_makes_the_same_key_and_another_one_another(self) -> None:
        assert Signer(b"one and the same").public == Signer(b"one and the same").public
        assert Signer(b"another").public != SIGNER.public
        assert not is_signed(replace(a_checkpoint([]), key=Signer(b"another").public))

    @pytest.mark.parametrize("nonsense", ["", "xyz", "00"])
    def test_nonsense_is_no_signature(self, nonsense: str) -> None:
        assert not is_signed(replace(a_checkpoint([]), signature=nonsense))
        assert not is_signed(replace(a_checkpoint([]), key=nonsense))

    def test_the_next_one_goes_on_from_the_one_before_and_is_never_older(self) -> None:
        first = a_checkpoint(heads(2))
        second = following(first, at=NOW.replace(year=2020))
        assert (second.number, second.previous, second.at) == (2, first.digest, first.at)


def test_a_witness_is_written_and_read() -> None:
    witness = Witness(41, "ab" * 32)
    assert Witness.of(f" {witness}\n") == witness
    for nonsense in ("", "41", "41:ab", f"x:{'ab' * 32}"):
        with pytest.raises(ValueError, match=r"witness|invalid literal"):
            Witness.of(nonsense)


class TestExported:
    def test_every_part_comes_back_as_it_was(self) -> None:
        (entry,) = link(STREAM, EMPTY, [replace(a_record(), after={"é": [], "n": 0.1, "is": True, "of": None})])
        seen = heads(3)
        parts: list[Part] = [
            a_checkpoint(seen),
            Opened(STREAM, seen[0], 12),
            Opened(STREAM, None),
            covered(seen, 1),
            entry,
        ]
        reader = Reader()
        assert [reader.read(part_line(each)) for each in parts] == parts
        read = reader.read(part_line(entry))
        assert isinstance(read, Entry)
        assert digest(read) == entry.hash
        header, end = Header(NOW, SIGNER.public, {"ticket": 1}), End(1, 2, 3, 4)
        assert [reader.read(header_line(header)), reader.read(end_line(end))] == [header, end]

    @pytest.mark.parametrize(
        "line",
        [
            b"",
            b"\xff",
            b"[]",
            b"{}",
            b'{"record": {}}',
            b'{"record": {}, "end": {}}',
            b'{"covered": {"number": 1}}',
            b'{"stream": {"stream": ["ticket", "7"], "head": null, "ticket": null}}',
            b'{"audit": {"format": 2}}',
            b'{"end": {"streams": 1}}',
            b'{"other": {}}',
        ],
    )
    def test_anything_else_is_no_line_of_ours(self, line: bytes) -> None:
        with pytest.raises(BadLine):
            Reader().read(line)
