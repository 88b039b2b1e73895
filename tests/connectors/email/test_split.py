"""What was written and what is quoted, in the words of many mailers and languages. Nothing is ever lost."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.email.quoting.marks import REPLY_ABOVE, bare_subject, is_mobile_signature, passes_on
from connectors.email.quoting.pieces import Kind, Split
from connectors.email.quoting.split import split
from tests.examples import tried

MAX = "Max Muster <max@shop.example>"
# How mailers say who wrote what follows, with nothing but this sentence to go by.
INTRODUCTIONS = {
    "en": f"On Mon, Nov 23, 2026 at 10:00 AM {MAX} wrote:",
    "en apple": "On 23 Nov 2026, at 10:00, Max Muster <max@shop.example> wrote:",
    "de": f"Am Mo., 23. Nov. 2026 um 10:00 Uhr schrieb {MAX}:",
    "de apple": "Am 23.11.2026 um 10:00 schrieb Max Muster <max@shop.example>:",
    "fr": f"Le lun. 23 nov. 2026 à 10:00, {MAX} a écrit :",
    "es": f"El lun, 23 nov 2026 a las 10:00, {MAX} escribió:",
    "it": f"Il giorno lun 23 nov 2026 alle ore 10:00 {MAX} ha scritto:",
    "pt": f"Em seg., 23 de nov. de 2026 às 10:00, {MAX} escreveu:",
    "nl": f"Op ma 23 nov 2026 om 10:00 schreef {MAX}:",
    "pl": f"pon., 23 lis 2026 o 10:00 {MAX} napisał(a):",
    "pl apple": "W dniu 23.11.2026 o 10:00, Max Muster pisze:",
    "sv": f"Den mån 23 nov. 2026 kl 10:00 skrev {MAX}:",
    "da": f"Den man. 23. nov. 2026 kl. 10.00 skrev {MAX}:",
    "no": f"man. 23. nov. 2026 kl. 10:00 skrev {MAX}:",
    "fi": "ma 23. marrask. 2026 klo 10.00 Max Muster (max@shop.example) kirjoitti:",
    "cs": f"po 23. 11. 2026 v 10:00 odesílatel {MAX} napsal:",
    "sk": f"po 23. 11. 2026 o 10:00 {MAX} napísal(a):",
    "tr": f"{MAX}, 23 Kas 2026 Pzt, 10:00 tarihinde şunu yazdı:",
    "ru": "пн, 23 нояб. 2026 г. в 10:00, Max Muster <max@shop.example>:",
    "ru mail": "23 ноября 2026 г., 10:00 пользователь Max <max@shop.example> написал:",
    "uk": f"пн, 23 лист. 2026 р. о 10:00 {MAX} пише:",
    "hu": f"{MAX} ezt írta (időpont: 2026. nov. 23., H, 10:00):",
    "ro": f"În lun., 23 nov. 2026 la 10:00, {MAX} a scris:",
    "el": f"Στις Δευ 23 Νοε 2026 στις 10:00 π.μ., {MAX} έγραψε:",
    "ja": f"2026年11月23日(月) 10:00 {MAX}:",
    "ja mail": "2026/11/23 10:00、Max Muster <max@shop.example>のメール:",
    "zh": f"{MAX} 于2026年11月23日周一 10:00写道：",
    "zh-TW": f"{MAX} 於 2026年11月23日 週一 上午10:00寫道：",
    "ko": f"2026년 11월 23일 (월) 오전 10:00, {MAX}님이 작성:",
}
# Outlook's lines: From, Sent, To, Subject.
BLOCKS = {
    "en": ("From", "Sent", "To", "Subject"),
    "de": ("Von", "Gesendet", "An", "Betreff"),
    "fr": ("De", "Envoyé", "À", "Objet"),
    "es": ("De", "Enviado el", "Para", "Asunto"),
    "it": ("Da", "Inviato", "A", "Oggetto"),
    "pt": ("De", "Enviado", "Para", "Assunto"),
    "nl": ("Van", "Verzonden", "Aan", "Onderwerp"),
    "pl": ("Od", "Wysłano", "Do", "Temat"),
    "sv": ("Från", "Skickat", "Till", "Ämne"),
    "da": ("Fra", "Sendt", "Til", "Emne"),
    "fi": ("Lähettäjä", "Lähetetty", "Vastaanottaja", "Aihe"),
    "cs": ("Od", "Odesláno", "Komu", "Předmět"),
    "tr": ("Kimden", "Gönderildi", "Kime", "Konu"),
    "ru": ("От", "Отправлено", "Кому", "Тема"),
    "uk": ("Від", "Надіслано", "Кому", "Тема"),
    "hu": ("Feladó", "Elküldve", "Címzett", "Tárgy"),
    "ro": ("De la", "Trimis", "Către", "Subiect"),
    "el": ("Από", "Εστάλη", "Προς", "Θέμα"),
    "ja": ("差出人", "送信日時", "宛先", "件名"),
    "zh": ("发件人", "发送时间", "收件人", "主题"),
    "ko": ("보낸 사람", "보낸 날짜", "받는 사람", "제목"),
}
SEPARATORS = (
    *("-----Original Message-----", "-----Ursprüngliche Nachricht-----", "-----Message d'origine-----"),
    *("-----Mensaje original-----", "-----Messaggio originale-----", "-----Mensagem original-----"),
    *("-----Oorspronkelijk bericht-----", "-----Oryginalna wiadomość-----", "-----Ursprungligt meddelande-----"),
    *("-----Oprindelig meddelelse-----", "-----Opprinnelig melding-----", "-----Alkuperäinen viesti-----"),
    *("-----Původní zpráva-----", "-----Orijinal Mesaj-----", "-----Исходное сообщение-----"),
    *(
        "-----元のメッセージ-----",
        "------------------ 原始邮件 ------------------",
        "-----원본 메시지-----",
        "-------- Original Message --------",
    ),
)


def block(labels: tuple[str, str, str, str], *, bold: str = "") -> str:
    values = ("Max Muster <max@shop.example>", "Montag, 23. November 2026 10:00", "Dana", "Broken mug")
    pairs = zip(labels, values, strict=True)
    return "\n".join(f"{bold}{label}:{bold} {value}" for label, value in pairs)


def kinds(found: Split) -> list[str]:
    return [piece.kind.value for piece in found.pieces]


class TestIntroductions:
    @pytest.mark.parametrize("language", INTRODUCTIONS)
    def test_with_a_quote_below_are_known(self, language: str) -> None:
        text = f"It is blue.\n\n{INTRODUCTIONS[language]}\n\n> Which colour?\n> And size?\n"
        found = split(text)
        assert (found.written, found.text) == ("It is blue.", text)
        assert found.quoted.startswith(INTRODUCTIONS[language][:6])

    @pytest.mark.parametrize("language", [each for each in INTRODUCTIONS if "@" in INTRODUCTIONS[each]])
    def test_are_known_where_the_quote_has_no_marks(self, language: str) -> None:
        text = f"It is blue.\n\n{INTRODUCTIONS[language]}\n\nWhich colour?\n"
        assert split(text).written == "It is blue."

    @pytest.mark.parametrize("language", [each for each in INTRODUCTIONS if "<max@" in INTRODUCTIONS[each]])
    def test_are_known_when_a_mailer_breaks_them_over_lines(self, language: str) -> None:
        broken = INTRODUCTIONS[language].replace("<max@shop.example>", "<\nmax@shop.example>")
        thrice = broken.replace("> ", ">\n", 1) if "> " in broken else broken
        name = INTRODUCTIONS[language].replace(" Max Muster", " Max\nMuster")
        for said in (broken, thrice, name):
            found = split(f"It is blue.\n\n{said}\n\n> Which colour?")
            assert found.written == "It is blue.", said

    def test_with_the_date_last_are_known_above_a_quote(self) -> None:
        assert split("Yes\n\nMax wrote (2026-11-23 10:00):\n> Is it?").written == "Yes"

    def test_follow_the_text_without_a_blank_line(self) -> None:
        assert split(f"It is blue.\n{INTRODUCTIONS['en']}\n> Which?").written == "It is blue."

    def test_that_a_customer_writes_in_sentences_of_their_own_are_not(self) -> None:
        for text in (
            "On Monday your colleague wrote:\nwe will send it on 12 May.\nBut nothing came.",
            "Your site says the following:\n10:00 to 18:00\nIs that true?",
            "On your remote host you can run:\n\n    telnet 127.0.0.1 52698\n\nThis should connect",
            "Am Montag, dem 12.5.2026, schrieb ich Ihnen:\nkeine Antwort.",
            "Meet me at 10:00:\nStation Road 5",
        ):
            assert split(text).written == text, text


class TestHeaderBlocks:
    @pytest.mark.parametrize("language", BLOCKS)
    @pytest.mark.parametrize("above", ["", "________________________________\n", "-----Original Message-----\n"])
    @pytest.mark.parametrize("bold", ["", "*"])
    def test_end_what_was_written(self, language: str, above: str, bold: str) -> None:
        text = f"It is blue.\n\n{above}{block(BLOCKS[language], bold=bold)}\n\nWhich colour?\n"
        found = split(text, subject="RE: Broken mug")
        assert (found.written, kinds(found)) == ("It is blue.", ["written", "quoted"])

    @pytest.mark.parametrize("separator", SEPARATORS)
    def test_separators_end_it_too(self, separator: str) -> None:
        assert split(f"It is blue.\n\n{separator}\nWhich colour?").written == "It is blue."

    def test_with_gaps_below_a_rule_end_it(self) -> None:
        text = "Yes\n\n-----\n\nFrom: Max <max@shop.example>\n\nSent: Monday\n\nTo: D\n\nSubject: x\n\nOld"
        assert split(text).written == "Yes"

    def test_long_lists_of_recipients_belong_to_the_block(self) -> None:
        many = ";\n ".join(f"Person {number} <p{number}@shop.example>" for number in range(8))
        text = f"Yes.\n\nFrom: Max\nSent: 23 Nov 2026\nTo: {many}\nSubject: Mug\n\nIs it?"
        assert split(text).written == "Yes."

    def test_lines_of_a_customers_own_are_not_dropped(self) -> None:
        for text in (
            "Please book:\nFrom: Berlin\nTo: Munich\nDate: 12 May 2026\nTwo people.",
            "From: my neighbour\nTo: you\nthe parcel went to the wrong house",
            "Von: Berlin\nNach: München\nDatum: 12.5.2026\nDanke",
            "Subject: mug\nit broke",
            "To: whom it may concern\nthe mug broke",
        ):
            assert split(text).written == text, text


class TestQuotes:
    def test_at_the_end_are_collapsed(self) -> None:
        found = split("Blue.\n\n> Which colour?\n>> The mug broke.\n\n")
        assert (found.written, kinds(found)) == ("Blue.", ["written", "quoted", "written"])

    def test_between_answers_stay_and_the_rest_below_the_last_answer_goes(self) -> None:
        text = f"{INTRODUCTIONS['en']}\n\n> Which colour?\nBlue.\n\n> Which size?\nLarge.\n\n> Bye\n> Max\n"
        found = split(text)
        assert found.written == text.split("\n\n> Bye")[0]
        assert found.quoted == "> Bye\n> Max"

    def test_above_the_whole_answer_are_collapsed(self) -> None:
        assert split(f"{INTRODUCTIONS['en']}\n> Which colour?\n\nBlue.").written == "Blue."

    def test_do_not_take_along_what_stands_above_their_introduction(self) -> None:
        assert split("I bought it in 2025\nMax wrote:\n> Which?").written == "I bought it in 2025"
        assert split(f"Thanks\n{INTRODUCTIONS['tr']}\n> Which?").written == "Thanks"

    def test_alone_leave_nothing_written(self) -> None:
        assert split(f"{INTRODUCTIONS['de']}\n> Which colour?").written == ""

    def test_a_text_without_any_is_one_piece(self) -> None:
        assert kinds(split("Just\n\nwords")) == ["written"]
        assert split("").pieces == ()


class TestMarker:
    def test_our_own_line_ends_what_was_written_in_any_language(self) -> None:
        text = f"Thanks!\n\n19 ნოე 2026 10:00, დანა დაწერა:\n\n> {REPLY_ABOVE}\n> Which colour?\n"
        found = split(text)
        assert found.written.startswith("Thanks!")
        assert "Which colour" in found.quoted
        assert split(f"Thanks!\n{REPLY_ABOVE}\nWhich colour?").written == "Thanks!"

    def test_who_writes_below_it_is_heard(self) -> None:
        assert "Blue" in split(f"> {REPLY_ABOVE}\n> Which colour?\nBlue.").written


class TestSignatures:
    @pytest.mark.parametrize(
        "line",
        [
            *("Sent from my iPhone", "Von meinem iPhone gesendet", "Envoyé de mon iPhone", "Enviado desde mi iPhone"),
            *("Inviato da iPhone", "Enviado do meu iPhone", "Verzonden vanaf mijn iPhone", "Wysłane z iPhone'a"),
            *("Skickat från min iPhone", "Sendt fra min iPhone", "Lähetetty iPhonesta", "Odesláno z iPhonu"),
            *(
                "iPhone'umdan gönderildi",
                "Отправлено с iPhone",
                "iPhoneから送信",
                "发自我的 iPhone",
                "나의 iPhone에서 보냄",
            ),
            *(
                "Get Outlook for iOS<https://aka.ms/x>",
                "Gesendet von Outlook für Android",
                "Sent from Proton Mail for iOS",
            ),
        ],
    )
    def test_of_telephones_are_marked(self, line: str) -> None:
        found = split(f"It broke.\n\n{line}\n\n{INTRODUCTIONS['en']}\n> Which?")
        assert (found.written, found.signature) == ("It broke.", line)

    def test_that_are_sentences_of_a_customers_are_not(self) -> None:
        for line in (
            "Sent from my desk, is much easier than my telephone.",
            "Von meiner Bestellung fehlt ein Teil",
            "Verzonden met PostNL op maandag",
            "Sent from Berlin by DHL",
            "Inviato dalla Germania",
        ):
            assert not is_mobile_signature(line)

    def test_below_two_dashes_are_marked_above_and_below_a_quote(self) -> None:
        above = split(f"It broke.\n-- \nDana\nMug Street 1\n\n{INTRODUCTIONS['en']}\n> Which?")
        assert (above.written, above.signature) == ("It broke.", "-- \nDana\nMug Street 1")
        below = split(f"It broke.\n\n{INTRODUCTIONS['en']}\n> Which?\n\n--\nDana")
        assert (below.written, below.signature) == ("It broke.", "--\nDana")

    def test_dashes_that_part_a_long_letter_are_none(self) -> None:
        text = "First.\n--\n" + "\n".join(f"Line {number}" for number in range(30))
        assert split(text).written == text

    def test_a_mail_of_nothing_else_is_shown(self) -> None:
        assert split("-- \nDana").written == "-- \nDana"
        assert split("Sent from my iPhone").written == "Sent from my iPhone"


class TestForwarded:
    @pytest.mark.parametrize(
        "separator",
        [
            *("---------- Forwarded message ---------", "---------- Weitergeleitete Nachricht ---------"),
            *(
                "---------- Message transféré ---------",
                "---------- Mensaje reenviado ---------",
                "Begin forwarded message:",
            ),
            *(
                "Anfang der weitergeleiteten Nachricht:",
                "-------- Пересылаемое сообщение --------",
                "---------- 転送メッセージ ---------",
            ),
        ],
    )
    def test_messages_are_news_and_say_whose_they_are(self, separator: str) -> None:
        said = (
            "From: Max <max@shop.example>\nDate: Mon, 23 Nov 2026 10:00:00 +0100\nSubject: Mug\nTo: Dana\n\nIt is blue."
        )
        found = split(f"See below.\n\n{separator}\n{said}", subject="Fwd: Mug")
        assert found.written.endswith("It is blue.")
        assert kinds(found) == ["written", "forwarded"]
        assert found.forwarded is not None
        assert (found.forwarded.sender, found.forwarded.subject) == ("Max <max@shop.example>", "Mug")
        assert found.forwarded.at is not None

    def test_outlooks_block_is_news_where_the_subject_says_so(self) -> None:
        text = f"FYI\n\n{block(BLOCKS['de'])}\n\nDie Tasse ist blau."
        assert split(text, subject="WG: Broken mug").written.endswith("Die Tasse ist blau.")
        assert split(text, subject="AW: WG: Broken mug").written == "FYI"

    def test_subjects_tell_forwarding_from_answering(self) -> None:
        assert [each for each in ("Fwd: a", "FW: a", "WG: a", "TR: a", "转发：a") if not passes_on(each)] == []
        assert [each for each in ("Re: Fwd: a", "AW: a", "a", "Mug: broken", "") if passes_on(each)] == []
        assert bare_subject("AW: Re[2]: WG:  The mug") == "The mug"


PIECES = st.lists(
    st.sampled_from(
        [
            *(
                "It broke.",
                "\n",
                "\n\n",
                "> ",
                ">> a\n",
                "-- \n",
                "--\n",
                "Sent from my iPhone\n",
                ":",
                "@",
                " ",
                "\r\n",
            ),
            *("-----Original Message-----\n", "____________\n", "From: a@b.example\n", "Sent: 1.1.2026\n", "To: c\n"),
            *(
                "Subject: d\n",
                "On Mon, 23 Nov 2026 at 10:00, ",
                "<a@b.example> wrote:\n",
                REPLY_ABOVE,
                "\u2028",
                "\x0b",
            ),
            *("Begin forwarded message:\n", "schrieb", "2026", "\ufdd2", "\ufdd0", "写道：\n", "\x85", "\x1c"),
        ]
    )
    | st.text(max_size=20),
    max_size=60,
).map("".join)


class TestSplit:
    @given(text=PIECES, subject=st.sampled_from(["", "Re: a", "Fwd: a"]))
    @tried(2000)
    def test_loses_nothing_whatever_the_text(self, text: str, subject: str) -> None:
        found = split(text, subject=subject)
        plain = text.translate(dict.fromkeys((0xFDD0, 0xFDD1, 0xFDD2)))
        assert found.text == plain
        assert all(piece.text for piece in found.pieces)
        shown = [piece for piece in found.pieces if piece.kind in (Kind.WRITTEN, Kind.FORWARDED)]
        assert all(piece in found.pieces for piece in shown)

    @pytest.mark.parametrize(
        "hostile",
        [
            *(
                "On ",
                "On \n",
                "\n",
                "\r\n",
                "> ",
                ">\n",
                ">",
                ":\n",
                "1:\n",
                "From:\n",
                "From: a\nTo: b\n",
                "To:\n",
                "--\n",
            ),
            *(
                "-- \na\n",
                "a\n> b\n",
                "sent from my x\n> y\n",
                '"',
                "-----\n",
                "_",
                f"{REPLY_ABOVE}\n",
                "x" * 395 + ":\n",
            ),
            *("On 10:00 2026 a@b.cd x:\n> q\n", " ", " \n", "\u2028", "Von: x@y\nGesendet: 1\n", "On wrote:\n>\n"),
            *("-----Original ", "Sent from ", "wrote:\n", "\ufdd2\n", "\ufdd2a\n> b\n", "=\n", "a@b"),
        ],
    )
    def test_takes_no_longer_than_the_text_is(self, hostile: str) -> None:
        text = (hostile * (1_000_000 // len(hostile) + 1))[:1_000_000]
        started = time.monotonic()
        split(text)
        assert time.monotonic() - started < 5  # what is not linear takes minutes
