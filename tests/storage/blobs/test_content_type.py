"""What a file is, its own bytes say; and nothing that can run a script passes for something that is shown."""

import pytest

from storage.blobs.content_type import content_type
from tests.pictures import a_picture
from ticketing.attachments.kinds import is_picture, is_shown_inline

KNOWN = {
    "image/jpeg": a_picture("JPEG"),
    "image/png": a_picture("PNG"),
    "image/webp": a_picture("WEBP"),
    "image/gif": a_picture("GIF"),
    "audio/ogg": b"OggS\x00\x02" + bytes(22) + b"OpusHead",
    "audio/amr": b"#!AMR\n\x3c",
    "audio/mpeg": b"ID3\x04\x00",
    "audio/mp4": b"\x00\x00\x00\x20ftypM4A \x00",
    "video/mp4": b"\x00\x00\x00\x20ftypisom\x00",
    "video/webm": b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm",
    "application/pdf": b"%PDF-1.7\n",
    "text/vcard": b"BEGIN:VCARD\nVERSION:3.0",
    "text/plain": "Größe: 42\n".encode(),
}
HOSTILE = {
    "a page": b"<!DOCTYPE html><script>alert(1)</script>",
    "a page after white space": b"\xef\xbb\xbf \n\t<HTML><script>alert(1)</script>",
    "a drawing": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "a drawing with a declaration": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>',
    "a page in UTF-16": "<html><script>alert(1)</script>".encode("utf-16"),
    "words that begin like a bitmap": b"BM is what we call it",
    "a page behind a comment": b"<!-- GIF89a --><script>alert(1)</script>",
    "a program": b"MZ\x90\x00" + bytes(60),
    "noise": bytes(range(256)) * 4,
    "nothing": b"",
}


@pytest.mark.parametrize("kind", KNOWN)
def test_what_people_send_is_known_by_its_first_bytes(kind: str) -> None:
    assert content_type(KNOWN[kind]) == kind


@pytest.mark.parametrize("what", HOSTILE)
def test_what_could_run_a_script_is_never_of_a_kind_that_is_shown(what: str) -> None:
    kind = content_type(HOSTILE[what])
    assert not is_picture(kind)
    assert not is_shown_inline(kind)


def test_text_cut_in_the_middle_of_a_letter_is_text() -> None:
    assert content_type(("a" * 4095 + "ä").encode()) == "text/plain"
