"""Links to files: nobody can make one up, and each ends."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import pytest

from core.errors import Refused
from tests.factories import NOW
from ticketing.attachments.links import LinkExpired, LinkForged, Links, Variant

LINKS = Links("https://desk.example.com/", b"a key")
FILE = uuid4()


def _parts(link: str) -> tuple[str, str, str, Variant]:
    url = urlsplit(link)
    query = {name: values[0] for name, values in parse_qs(url.query).items()}
    return url.path, query["e"], query["s"], Variant(query.get("v", Variant.ORIGINAL))


def test_a_link_leads_to_us_names_the_file_and_passes_its_own_check() -> None:
    link = LINKS.for_people(FILE, "a mug & more?.jpg", now=NOW)
    path, expires, signature, variant = _parts(link)
    assert link.startswith("https://desk.example.com/files/")
    assert path == f"/files/{FILE}/a%20mug%20%26%20more%3F.jpg"
    LINKS.check(FILE, variant, expires, signature, now=NOW + timedelta(days=29))


def test_people_get_the_same_link_all_day_long() -> None:
    assert LINKS.for_people(FILE, "mug.jpg", now=NOW) == LINKS.for_people(FILE, "mug.jpg", now=NOW + timedelta(hours=9))
    assert LINKS.for_people(FILE, "mug.jpg", now=NOW) != LINKS.for_people(FILE, "mug.jpg", now=NOW + timedelta(days=1))


@pytest.mark.parametrize(
    ("link", "good_for"),
    [
        (LINKS.for_people(FILE, "mug.jpg", now=NOW), timedelta(days=31)),
        (LINKS.for_providers(FILE, "mug.jpg", now=NOW), timedelta(days=1)),
    ],
)
def test_a_link_ends(link: str, good_for: timedelta) -> None:
    _, expires, signature, variant = _parts(link)
    with pytest.raises(LinkExpired):
        LINKS.check(FILE, variant, expires, signature, now=NOW + good_for)


def test_a_link_for_one_file_size_or_time_is_none_for_another() -> None:
    _, expires, signature, _ = _parts(LINKS.for_people(FILE, "mug.jpg", now=NOW))
    later = str(int(expires) + 1)
    forged: list[tuple[UUID, Variant, str, str]] = [
        (uuid4(), Variant.ORIGINAL, expires, signature),
        (FILE, Variant.THUMBNAIL, expires, signature),
        (FILE, Variant.ORIGINAL, later, signature),
        (FILE, Variant.ORIGINAL, expires, signature[:-1] + ("0" if signature[-1] != "0" else "1")),
        (FILE, Variant.ORIGINAL, expires, ""),
        (FILE, Variant.ORIGINAL, "for ever", signature),
        (FILE, Variant.ORIGINAL, "", "\ud800é"),
    ]
    for file_id, variant, until, signed in forged:
        with pytest.raises(LinkForged):
            LINKS.check(file_id, variant, until, signed, now=NOW)
    another = Links(LINKS.base_url, b"another key")
    with pytest.raises(Refused):
        another.check(FILE, Variant.ORIGINAL, expires, signature, now=NOW)


def test_the_key_is_in_no_log() -> None:
    assert "a key" not in repr(LINKS)
