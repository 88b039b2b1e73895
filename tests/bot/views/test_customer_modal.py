"""A customer's profile and the forms that follow from it: what they show, and that nothing in them is live."""

import pytest
from hypothesis import given

from bot.refs import CustomerRef, StaleButton
from bot.views.customer_modal import customer_modal
from bot.views.edit_customer_modal import edit_customer_modal
from bot.views.merge_modal import customer_options, find_customer_modal, merge_modal
from emulators.slack import as_text
from tests.bot.cards import NOON
from tests.bot.profiles import a_merge_preview, a_profile
from tests.bot.render_examples import profiles
from tests.bot.views.hostile import is_inert, valid_view, words
from tests.examples import tried
from ticketing.customers.profile import CustomerLine, Profile


class TestCustomerModal:
    def test_says_who_they_are_where_and_what_was_said(self) -> None:
        shown = " ".join(as_text(customer_modal(a_profile(), now=NOON), columns=400).replace("│", "").split())
        for part in (
            "Clara Meier",
            "speaks pt-BR · 🕑 Mon 21:00 there (Asia/Tokyo)",
            "WhatsApp · +4915112345678 · ✓ verified",
            "Telegram · 777 · ✓ +4915112345678 verified · 🚫 blocked",
            "vip: true",
            "#12 Where is my mug? · 🆕 Open · Clara Meier",
            "Earlier tickets #9 Where is my mug? · 🔒 Closed",
            "📤 Mia Where is my mug? · WhatsApp · ✓✓ read",
            "📥 Clara Meier Where is my mug? · Telegram",
            "Where is my mug? merged in by Threadline: same number",
            "[Edit…] [Merge…]",
        ):
            assert part in shown

    @pytest.mark.parametrize("profile", [each for _, each in profiles()], ids=[name for name, _ in profiles()])
    def test_fullest_emptiest_and_longest_are_taken_by_slack_and_nothing_is_live(self, profile: Profile) -> None:
        views = [
            customer_modal(profile, now=NOON),
            edit_customer_modal(profile.customer),
            find_customer_modal(profile.customer),
            merge_modal(a_merge_preview(profile, a_profile().customer)),
        ]
        for view in views:
            valid_view(view)
            assert is_inert(view["blocks"])

    @tried(25)
    @given(words)
    def test_whatever_customers_are_called_and_write(self, said: str) -> None:
        view = customer_modal(a_profile(said, times=2), now=NOON)
        valid_view(view)
        assert is_inert(view["blocks"])


class TestCustomerOptions:
    def test_namesakes_are_told_apart_by_their_addresses(self) -> None:
        profile = a_profile()
        line = CustomerLine(profile.customer.id, "Clara <b>", None, ("telegram:777",), NOON)
        (option,) = customer_options([line])
        assert option["text"]["text"] == "Clara &lt;b&gt; · Telegram 777"


class TestCustomerRef:
    @pytest.mark.parametrize("value", ["", "{}", "[]", "null", '{"k":"x","v":1}', '{"k":1,"v":1}'])
    def test_anything_else_is_stale(self, value: str) -> None:
        with pytest.raises(StaleButton):
            CustomerRef.decode(value)
