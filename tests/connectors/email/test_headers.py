"""Headers: what people and broken mailers write into them, and what is read."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from connectors.email import limits
from connectors.email.mail import Address
from connectors.email.reading.addresses import addresses
from connectors.email.reading.charsets import decode
from connectors.email.reading.dates import instant
from connectors.email.reading.ids import ids, message_id
from connectors.email.reading.words import decoded, parameters
from tests.connectors.email.letters import letter, mail


class TestDecoded:
    @pytest.mark.parametrize(
        ("written", "meant"),
        [
            ("plain", "plain"),
            ("=?utf-8?Q?Gr=C3=BC=C3=9Fe_aus_K=C3=B6ln?=", "Grüße aus Köln"),
            ("=?UTF-8?B?8J+RjSBvaw==?=", "👍 ok"),
            ("=?utf-8?B?8J+R?= =?utf-8?B?jQ==?=", "👍"),  # a character cut in two
            ("=?iso-8859-1?Q?a?= =?iso-8859-1?Q?b?=", "ab"),
            ("=?iso-8859-1?Q?a?= b =?iso-8859-1?Q?c?=", "a b c"),
            ("=?iso-2022-jp?B?GyRCJDMkcyRLJEEkTxsoQg==?=", "こんにちは"),
            ("=?koi8-r?B?8NLJ18XU?=", "Привет"),
            ("=?utf-8*de?Q?Stra=C3=9Fe?=", "Straße"),  # RFC 2231's language
            ("=?utf-8?Q?with a space?=", "with a space"),
            ("=?utf-8?B?Zm9v?=bar", "foobar"),
            ("=?utf-8?B?Zm9vYg?=", "foob"),  # padding left out
            ("=?nonsense?Q?x=FCy?=", "xüy"),
            ("=?utf-8?X?what?=", "=?utf-8?X?what?="),
            ("=?utf-8?Q?never ends", "=?utf-8?Q?never ends"),
            ("=??=", "=??="),
        ],
    )
    def test_reads_encoded_words_as_they_were_meant(self, written: str, meant: str) -> None:
        assert decoded(written) == meant


class TestSubject:
    def test_raw_letters_are_read_in_the_likely_charset(self) -> None:
        for charset in ("utf-8", "cp1252"):
            raw = letter(Subject="X").replace(b"Subject: X", "Subject: Größe größer".encode(charset))
            assert b"Subject: Gr" in raw
            from connectors.email import read

            assert read(raw).subject == "Größe größer"

    def test_is_one_line_without_controls(self) -> None:
        assert mail(Subject="One\r\n two\r\n\tthree \x00\x07four").subject == "One two three \ufffd four"

    def test_of_a_mail_without_one_is_empty(self) -> None:
        assert mail(Subject=None).subject == ""

    def test_has_an_end(self) -> None:
        assert len(mail(Subject="x" * 100_000).subject) == limits.SUBJECT


class TestParameters:
    @pytest.mark.parametrize(
        ("written", "meant"),
        [
            ("text/plain", ("text/plain", {})),
            ('TEXT/Plain; Charset="UTF-8"; format=flowed', ("text/plain", {"charset": "UTF-8", "format": "flowed"})),
            ('a/b; name="a;b\\"c.txt"', ("a/b", {"name": 'a;b"c.txt'})),
            ("a/b; name*=utf-8''%E2%82%AC%20rates.pdf", ("a/b", {"name": "€ rates.pdf"})),
            ('a/b; name*0="long-"; name*1="name.pdf"', ("a/b", {"name": "long-name.pdf"})),
            ("a/b; name*1*=%BC.txt; name*0*=utf-8''%C3", ("a/b", {"name": "ü.txt"})),
            ("a/b; name==?utf-8?Q?=C3=A9t=C3=A9.pdf?=", ("a/b", {"name": "été.pdf"})),
            ("a/b; name", ("a/b", {})),
            ('a/b; name="never ends', ("a/b", {"name": "never ends"})),
            ("", ("", {})),
        ],
    )
    def test_reads_what_rfc_2231_and_mailers_do(self, written: str, meant: tuple[str, dict[str, str]]) -> None:
        assert parameters(written) == meant


class TestAddresses:
    @pytest.mark.parametrize(
        ("written", "meant"),
        [
            ("a@b.example", [(None, "a@b.example")]),
            ("Max <Max.M@B.Example>", [("Max", "Max.M@b.example")]),
            ('"Muster, Max" <a@b.example>, c@d.example', [("Muster, Max", "a@b.example"), (None, "c@d.example")]),
            ("Muster, Max <a@b.example>", [("Muster, Max", "a@b.example")]),  # quotes forgotten
            ("a@b.example (Max (the first))", [("Max (the first)", "a@b.example")]),
            ("A <a@b.example>; B <c@d.example>", [("A", "a@b.example"), ("B", "c@d.example")]),
            (
                "Team: a@b.example, B <c@d.example>;, e@f.example",
                [(None, "a@b.example"), ("B", "c@d.example"), (None, "e@f.example")],
            ),
            ("undisclosed-recipients:;", []),
            ("=?utf-8?Q?J=C3=BCrgen?= <a@b.example>", [("Jürgen", "a@b.example")]),
            ('"=?utf-8?Q?J=C3=BCrgen?=" <a@b.example>', [("Jürgen", "a@b.example")]),
            ("a@[1.2.3.4", [(None, "a@[1.2.3.4")]),
            ("a@[192.0.2.1]", [(None, "a@[192.0.2.1]")]),
            ("Max <a@b.example", [("Max", "a@b.example")]),
            ("<@relay.example:a@b.example>", [(None, "a@b.example")]),
            ("mailto:a@b.example", [(None, "a@b.example")]),
            ("Max a@b.example", [("Max", "a@b.example")]),
            ("<MAILER-DAEMON>", [("MAILER-DAEMON", None)]),
            ("Max <a@münchen.example>", [("Max", "a@xn--mnchen-3ya.example")]),
            ('"max muster"@b.example', [(None, '"max muster"@b.example')]),
            ("'Max' <a@b.example>", [("Max", "a@b.example")]),
            ("", []),
            (",;,<>,()", []),
            ("@", [("@", None)]),
        ],
    )
    def test_reads_people_however_they_are_written(
        self, written: str, meant: list[tuple[str | None, str | None]]
    ) -> None:
        assert addresses(written) == tuple(Address(*each) for each in meant)

    @pytest.mark.parametrize("hostile", ["<,", '",', "(", '\\"', "a", "<", ":", "a@", "=?utf-8?Q?", "@,", "a <"])
    def test_takes_no_longer_than_the_header_is(self, hostile: str) -> None:
        assert len(addresses(hostile * (limits.HEADER // len(hostile)))) <= limits.ADDRESSES


class TestInstant:
    @pytest.mark.parametrize(
        ("written", "meant"),
        [
            ("Mon, 23 Nov 2026 10:00:00 +0100", datetime(2026, 11, 23, 10, tzinfo=timezone(timedelta(hours=1)))),
            ("23 Nov 26 10:00 GMT", datetime(2026, 11, 23, 10, tzinfo=UTC)),
            ("Mon, 23 Nov 1998 10:00:00 EST", datetime(1998, 11, 23, 15, tzinfo=UTC)),
            ("Mon, 23 Nov 98 10:00:00 -0000", datetime(1998, 11, 23, 10, tzinfo=UTC)),
            ("Mon, 23 Nov 2026 10:00:00 +0100 (CET (winter))", datetime(2026, 11, 23, 9, tzinfo=UTC)),
            ("2026-11-23T10:00:00Z", datetime(2026, 11, 23, 10, tzinfo=UTC)),
            ("2026-11-23 10:00:00 +0530", datetime(2026, 11, 23, 4, 30, tzinfo=UTC)),
            ("Mon Nov 23 10:00:00 2026", datetime(2026, 11, 23, 10, tzinfo=UTC)),
            ("Mon, 23 Nov 2026 10:00:60 +0000", datetime(2026, 11, 23, 10, 1, tzinfo=UTC)),
            ("Mon, 23 Nov 2026 10:00:00 GMT+0100", datetime(2026, 11, 23, 9, tzinfo=UTC)),
            ("Mon, 23 Nov 2026 10:00:00 XYZ", datetime(2026, 11, 23, 10, tzinfo=UTC)),
            ("yesterday", None),
            ("Mon, 99 Nov 2026 10:00:00 +0100", None),
            ("Mon, 23 Nov 9999 10:00:00 +9999", None),
            ("", None),
            ("x" * 10_000, None),
        ],
    )
    def test_reads_dates_with_their_zones(self, written: str, meant: datetime | None) -> None:
        found = instant(written)
        assert found == meant
        assert found is None or found.tzinfo is not None


class TestIds:
    @pytest.mark.parametrize(
        ("written", "meant"),
        [
            ("<a@b>", ("a@b",)),
            ("<a@b> <c@d>\t<a@b>", ("a@b", "c@d")),
            ("<[x]@y>", ("[x]@y",)),  # real Exchange mail
            ("Your message of Monday <a@b>", ("a@b",)),
            ("a@b c@d", ("a@b", "c@d")),
            ("<a@ b>", ("a@b",)),
            ("<<a@b>>", ("a@b",)),
            ("nothing", ()),
            ("<>", ()),
        ],
    )
    def test_reads_them_with_and_without_brackets(self, written: str, meant: tuple[str, ...]) -> None:
        assert ids(written) == meant

    def test_keeps_the_first_and_the_newest_of_very_many(self) -> None:
        found = ids(" ".join(f"<{number}@x>" for number in range(5000)))
        assert (len(found), found[0], found[-1]) == (limits.REFERENCES, "0@x", "4999@x")

    def test_an_own_id_may_be_any_word(self) -> None:
        assert message_id("no-at-sign") == "no-at-sign"
        assert message_id("two words") is None


class TestDecode:
    @pytest.mark.parametrize(
        ("content", "charset", "text"),
        [
            ("Grüße".encode(), "utf-8", "Grüße"),
            ("Grüße".encode(), "us-ascii", "Grüße"),  # a lie that many mailers tell
            ("Grüße".encode("cp1252"), "iso-8859-1", "Grüße"),
            ("“quoted”".encode("cp1252"), "iso-8859-1", "“quoted”"),  # and another
            ("안녕하세요".encode("cp949"), "ks_c_5601-1987", "안녕하세요"),
            ("你好".encode("gb18030"), "GB2312", "你好"),
            ("Привет".encode("koi8-r"), "koi8-r", "Привет"),
            ("Grüße".encode("cp1252"), None, "Grüße"),
            (b"plain", "no-such-charset", "plain"),
            (b"plain", "rot13", "plain"),
            (b"plain", "unicode_escape", "plain"),
            (b"a\x00b", "utf-8", "a\ufffdb"),
            (b"+2AA-", "utf-7", "\ufffd"),  # half of a pair
            (b"", "utf-8", ""),
        ],
    )
    def test_finds_the_text_behind_every_claim(self, content: bytes, charset: str | None, text: str) -> None:
        found, _ = decode(content, charset)
        assert found == text
        found.encode()

    def test_guesses_other_alphabets_from_enough_text(self) -> None:
        said = "Здравствуйте, я заказал кружку две недели назад, и она пришла разбитой. Что мне делать? " * 5
        assert decode(said.encode("cp1251"), None)[0] == said

    def test_says_what_was_wrong(self) -> None:
        assert decode(b"x", "martian")[1] == "charset martian is none"
        assert decode("ü".encode("cp1252"), "utf-8")[1] == "the text is not utf-8"
        assert decode("ü".encode(), "utf-8")[1] is None


class TestMailHeaders:
    def test_what_stands_twice_counts_once_and_is_noted(self) -> None:
        found = mail(Subject="One\r\nSubject: Two")
        assert found.subject == "One"
        assert "the header subject is there more than once: the first one counts" in found.defects

    def test_a_line_that_is_none_begins_the_body(self) -> None:
        found = mail(Subject="One\r\nthis is no header\r\nX-A: b")
        assert found.text.startswith("this is no header\nX-A: b")
        assert found.sender[0].address == "dana@customer.example"

    def test_the_first_line_of_a_mailbox_file_is_passed_over(self) -> None:
        from connectors.email import read

        assert read(b"From dana@x Mon Nov 23 10:00:00 2026\n" + letter()).subject == "Broken mug"

    def test_a_header_has_an_end(self) -> None:
        found = mail(X_Long="x" * (2 * limits.HEADER))
        assert len(found.headers.raw("x-long")) <= limits.HEADER
        assert "the header x-long is too long: its end is not read" in found.defects

    def test_a_mail_of_nothing_is_a_mail(self) -> None:
        from connectors.email import read

        for raw in (b"", b"\n", b"\r\n\r\n", b"\xff", b":", b"a", b"\x00" * 100, b"\xef\xbb\xbf"):
            found = read(raw)
            assert found.sender == ()
