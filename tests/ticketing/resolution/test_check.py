"""What a brain phrased says what the saved reply says, or is not sent."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.ordinary_words import ORDINARY
from tests.playbooks import example
from ticketing.resolution.check import says_the_same, tidied
from ticketing.resolution.said import said

SENT = "Hello Ada, we have refunded 89.00 EUR for order #78932. It is with your bank within 5–7 business days."
DAY = "Your parcel 4711 comes on 2026-11-24. Follow it: https://shop.example/t/4711"
NO = "We are sorry: order 78932 cannot be refunded, because it was delivered more than 30 days ago."


def anyhow(phrased: str, saved: str) -> str | None:
    """What would be sent to a customer of any language."""
    found = (says_the_same(phrased, saved, language=each) for each in ORDINARY)
    return next((each for each in found if each is not None), None)


@pytest.mark.parametrize(
    ("saved", "phrased"),
    [
        (SENT, SENT),
        (SENT, "Good news, Ada! Your refund of €89.00 for order 78932 is on its way: allow 5 to 7 business days. 🎉"),
        (SENT, "Hallo Ada, wir haben dir 89,00 € für Bestellung #78932 erstattet. Das dauert 5-7 Werktage."),
        (SENT, "Bonjour Ada, nous vous avons remboursé 89,00 EUR (commande 78932). Comptez 5 à 7 jours ouvrés."),
        (SENT, "Olá Ada, reembolsamos 89,00 euros do pedido 78932. O valor chega em 5 a 7 dias úteis."),
        (SENT, "Hola Ada: hemos reembolsado 89 EUR del pedido 78932; llegará en 5–7 días hábiles."),
        (SENT, "Ciao Ada, abbiamo rimborsato 89,00 € per l'ordine 78932. Arriva entro 5-7 giorni."),
        (SENT, "Ada, 89.00 EUR \u202ehave been refunded\u200b for order 78932, within 5 to 7 days."),
        (DAY, "Dein Paket 4711 kommt am 24. November 2026: https://shop.example/t/4711"),
        (DAY, "Your parcel 4711 arrives November 24, 2026. Track it: https://shop.example/t/4711."),
        (DAY, "O pacote 4711 chega em 24 de novembro de 2026 - https://shop.example/t/4711"),
        (NO, "Leider können wir Bestellung 78932 nicht erstatten: Sie kam vor mehr als 30 Tagen an."),
        ("We refunded 1,234.50 EUR.", "Wir haben 1.234,50 € erstattet."),
        (SENT, "Good news: I'm happy to say that your refund of 89.00 EUR (order 78932) takes 5–7 days. Best wishes"),
        (SENT, "Liebe Ada, die Erstattung von 89,00 EUR für Ihre Bestellung 78932 ist bei Ihnen in 5–7 Tagen."),
        ("We refunded 350 CZK.", "Wir haben 350 CZK erstattet."),
        ("A colleague takes it from here.", "Eine Kollegin übernimmt ab hier."),
    ],
)
def test_the_same_in_other_words_is_sent(saved: str, phrased: str) -> None:
    assert anyhow(phrased, saved) == tidied(phrased)


@pytest.mark.parametrize(
    ("saved", "phrased"),
    [
        (SENT, ""),
        (SENT, "\u200b\u200e \n"),
        (SENT, "We have refunded 890.00 EUR for order #78932, within 5–7 days."),
        (SENT, "We have refunded 89.00 USD for order #78932, within 5–7 days."),
        (SENT, "We have refunded 89.00 ABC for order #78932, within 5–7 days."),
        (SENT, "We have refunded 78932 EUR for order 89.00, within 5–7 days."),
        (SENT, "We have refunded 89.00 EUR for order #78932, and 100 EUR more, within 5–7 days."),
        (SENT, "We have refunded 89.00 EUR for order #78932, and five hundred euros more, within 5–7 days."),
        (SENT, "We have refunded 89.00 EUR for order #78932, and some euros more, within 5–7 days."),
        (SENT, "We have refunded 89.00 EUR for order #78932 within 5–7 days. Call 0900 123456."),
        (SENT, "We have refunded 89.00 EUR for order #78932 within 5–7 days. Details: evil.example/a"),
        (SENT, "We have refunded 89.00 EUR for order #78932 within 5–7 days. Details: evil\u3002example"),
        (SENT, "We have refunded 89.00 EUR for order #78932 within 5–7 days. Write to boss@evil.example"),
        (SENT, "We have refunded 89.00 EUR for order #78932 within 5–7 days. And a free mug!"),
        (SENT, "We have refunded 89.00 EUR for order #78932 within 5–7 days. Here is a voucher, too."),
        (SENT, "We have refunded double 89.00 EUR for order #78932 within 5–7 days."),
        (SENT, "Wir haben 89,00 € für #78932 erstattet, 5-7 Tage. Dazu ein Gutschein!"),
        (SENT, "We have refunded 89.00 EUR for order #78932."),
        (SENT, "We have refunded your order #78932 within 5–7 days."),
        (SENT, "We have refunded 89.00 EUR for order #78932 within 5–7 days, {{customer.name}}."),
        (SENT, "<b>We</b> have refunded 89.00 EUR for order #78932 within 5–7 days."),
        (SENT, "We have refunded 89.00 EUR for order #78932 within 5–7 days. " + "Really. " * 200),
        (SENT, "Мы вернули 89,00 EUR за заказ 78932 за 5–7 дней."),
        (SENT, "We have refunded 89.00 EUR for order #78932 within 5–7 days, \uff15\uff10\uff10 more."),
        (SENT, "We have refunded 89.00 EUR for order #78932 within 5–7 days and ½ more."),
        (DAY, "Your parcel 4711 comes on 2026-11-25: https://shop.example/t/4711"),
        (DAY, "Your parcel 4711 comes on 11/24/2026: https://shop.example/t/4711"),
        (DAY, "Your parcel 4711 comes on 24 November 2027: https://shop.example/t/4711"),
        (DAY, "Your parcel 4711 comes on 2026-11-24: https://shop.example.evil.com/t/4711"),
        (DAY, "Your parcel 4711 comes on 2026-11-24."),
        (NO, "Good news: order 78932 is refunded, though delivered more than 30 days ago."),
        (SENT, SENT + " It is Tom Okafor's, he lives in Oakland."),
        (SENT, SENT + " Expect it on Monday."),
        (
            SENT,
            "89,00 EUR für Bestellung 78932 sind erstattet, in 5-7 Tagen. Sie gehört nun dem Tom Okafor.",
        ),
        ("A colleague takes it from here.", "A colleague, Eve, takes it from here."),
        ("A colleague takes it from here.", "A colleague will refund you."),
        ("A colleague takes it from here.", "A colleague guarantees it."),
    ],
)
def test_what_says_something_else_is_not(saved: str, phrased: str) -> None:
    assert anyhow(phrased, saved) is None


SHORT = "Your refund of $89.00 is on its way."


@pytest.mark.parametrize(
    "phrased",
    [
        "Your refund of $89.00 is on its way each month.",
        "Your refund of $89.00 is on its way, and the same every year.",
        "Your refund of $89.00 is on its way. You may keep the teapot, and we pay for your doctor.",
        "Your refund of $89.00 per item is on its way.",
        "Your refund of $89.00 is not on its way.",
        "Your refund of $89.00 is on its way. Whatever you buy next is on us.",
        "Your refund of -$89.00 is on its way.",
        "Your refund of − $89.00 is on its way.",
        "Your refund of $89.00 is on its way, five times.",
        "Your refund of $89.00 is on its way. Both orders are settled with it.",
        "Your refund of $89.00 is on its way. The next order is paid as well.",
        "Your refund of $89.00 is on its way. As an exception yours was granted.",
        "89,00 $ tutarındaki iadeniz yolda, her ay tekrarlanacak.",
        "Your refund of $89.00 is on its way. Her ay tekrar ödeme yapacağız.",
        "Ihre Erstattung von 89,00 $ ist unterwegs, monatlich.",
        "Ihre Erstattung von 89,00 $ ist unterwegs. Die Kanne dürfen Sie behalten.",
        "Votre remboursement de 89,00 $ est en route chaque mois.",
        "Votre remboursement de 89,00 $ n'est pas en route.",
        "Tu reembolso de 89,00 $ está en camino, cada mes.",
        "O seu reembolso de 89,00 $ está a caminho, e é seu todos os meses.",
        "$89.00, ok",
        SHORT + " It is a pleasure to be of help with this and with all that you would want of us from here.",
    ],
)
def test_nor_what_adds_to_it_or_turns_it_round(phrased: str) -> None:
    assert anyhow(phrased, SHORT) is None


def test_a_refusal_stays_one() -> None:
    assert anyhow("As an exception, order 78932 is approved, not only within 30 days.", NO) is None
    assert anyhow(NO, "We have refunded order 78932, which was delivered more than 30 days ago.") is None


def test_it_is_in_the_customers_language() -> None:
    assert says_the_same("Wir haben 350 CZK erstattet.", "We refunded 350 CZK.", language="de-AT") is not None
    assert says_the_same("Wir haben 350 CZK erstattet.", "We refunded 350 CZK.", language="fr") is None
    assert says_the_same("Vrátili jsme vám 350 CZK.", "We refunded 350 CZK.", language="cs") is None


def test_the_customer_may_be_named() -> None:
    assert says_the_same("Hello Eve Adams, we are on it.", "We are on it.", language="en", customer="Eve Adams")
    assert says_the_same("Hello Eve Adams, we are on it.", "We are on it.", language="en", customer="Ada") is None


def test_translations_that_people_wrote_say_the_same() -> None:
    """The shop's own: written by themselves, not for this check."""
    values = {"customer.name": "Ada", "fields.refund_amount": "89.00 EUR", "fields.order_number": "78932"}
    pairs = [
        (tongue, *(re.sub(r"\{\{ ?([\w.]+) ?\}\}", lambda place: values.get(place[1], "7"), text) for text in both))
        for reply in example("retail").replies.values()
        for tongue, both in ((tongue, (reply.text, said)) for tongue, said in reply.translations.items())
    ]
    assert len(pairs) >= 25
    assert [pair for pair in pairs if says_the_same(pair[2], pair[1], language=pair[0]) is None] == []


@given(st.text(max_size=300), st.text(max_size=100))
def test_whatever_it_is_given_it_answers(phrased: str, saved: str) -> None:
    found = says_the_same(phrased, saved, language="en")
    if found is not None:
        assert found == tidied(found)
        assert says_the_same(found, saved, language="en") == found
        assert "\0" not in found
        assert not any("\ud800" <= each <= "\udfff" for each in found)


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_no_other_amount_passes(cents: int, other: int) -> None:
    saved = f"We have refunded {cents / 100:.2f} EUR."
    phrased = f"Wir haben {other / 100:.2f} € erstattet.".replace(".", ",", 1)
    assert (says_the_same(phrased, saved, language="de") is None) == (cents != other)


def test_long_hostile_words_are_read_in_no_time() -> None:
    for piece in ("1.", "a.", "a@", "1 ", "https:", "((", "\u0301", "€", "1,", "a-"):
        assert says_the_same(piece * 5000, "Hello" * 5000, language="en") is None
        assert said(piece * 1500) == said(piece * 1500)
