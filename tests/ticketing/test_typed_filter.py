"""A line that somebody types for a list of tickets."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import tried
from tests.factories import a_person
from tests.playbooks import with_fields
from ticketing.collaboration.tags import TagRefused
from ticketing.people.person import Team
from ticketing.playbook.fields import Field, FieldKind, Option
from ticketing.playbook.lifecycle import StatusCategory
from ticketing.tickets.asking import Directory
from ticketing.tickets.listing import BY_PRIORITY, CURRENT, FieldGiven, FieldIs, FilterRefused, Order, Period, Sort
from ticketing.tickets.typed_filter import Known, read_typed
from ticketing.triage.suggestion import Priority

MIA, BEN, OTHER_BEN, ZOE = (
    replace(a_person(name), email=f"{n}@example.com")
    for n, name in enumerate(("Mia Berger", "Ben Ito", "Ben Okoro", "Zoë"))
)
SUPPORT = Team(a_person().id, "Support", None, is_default=True)
REFUND = Field("refund_amount", "Refund amount", FieldKind.MONEY, currency="USD")
REGION = Field("region", "Region", FieldKind.DROPDOWN, options=(Option("north", "Up North"), Option("south", "South")))
CHANNELS = {"whatsapp": "WhatsApp", "email": "E-mail"}
KNOWN = Known(Directory((MIA, BEN, OTHER_BEN, ZOE), (SUPPORT,)), with_fields(REFUND, REGION), MIA, CHANNELS, UTC)


class TestReadTyped:
    def test_nothing_is_all_that_is_not_closed_by_priority(self) -> None:
        asked = read_typed("  ", KNOWN)
        assert (asked.filter.stages, asked.order, asked.said) == (CURRENT, BY_PRIORITY, ())

    def test_conditions_with_colons_keys_labels_and_several_values(self) -> None:
        asked = read_typed('status:"In progress",open type:RETURN assignee:me tag:VIP priority=high', KNOWN)
        assert asked.filter.statuses == ("in_progress", "open")
        assert asked.filter.types == ("return",)
        assert asked.filter.assignees == (MIA.id,)
        assert asked.filter.tags == ("vip",)
        assert asked.filter.priorities == (Priority.HIGH,)
        assert asked.filter.stages == ()
        assert asked.said[0] == "status: In progress, Open"
        assert asked.said[2] == "assignee: Mia Berger"

    def test_the_same_condition_twice_means_either(self) -> None:
        assert read_typed("priority:high priority:urgent", KNOWN).filter.priorities == (Priority.HIGH, Priority.URGENT)

    @pytest.mark.parametrize(
        ("word", "part", "value"),
        [
            ("urgent", "priorities", (Priority.URGENT,)),
            ("Pending", "stages", (StatusCategory.PENDING,)),
            ("unassigned", "assignees", (None,)),
            ("escalated", "escalated", True),
            ("escalated:yes", "escalated", True),
            ("mine", "assignees", (MIA.id,)),
            ("#12", "numbers", (12,)),
            ("waiting_on_customer", "statuses", ("waiting_on_customer",)),
            ("team:support", "teams", (SUPPORT.id,)),
            ("assignee:@zoë", "assignees", (ZOE.id,)),
            ("assignee:mia", "assignees", (MIA.id,)),
            ("assignee:nobody", "assignees", (None,)),
            ("owner:Support", "owners", (SUPPORT.id,)),
            ("!field.refund_amount", "fields", (FieldGiven("refund_amount", given=False),)),
            ("Field.refund-amount", "fields", (FieldGiven("refund_amount"),)),
            ('field.region:"up north",SOUTH', "fields", (FieldIs("region", ("north", "south")),)),
            ("field.refund_amount=20", "fields", (FieldIs("refund_amount", ("20",)),)),
            ("channel:WhatsApp", "channels", ("whatsapp",)),
            ("channel:E-Mail", "channels", ("email",)),
            ("!mug", "text", "!mug"),
        ],
    )
    def test_what_a_word_says_by_itself(self, word: str, part: str, value: object) -> None:
        assert getattr(read_typed(word, KNOWN).filter, part) == value

    def test_other_words_are_looked_for_with_phones_quotes_too(self) -> None:
        asked = read_typed("urgent “broken mug” handle 12:30", KNOWN)
        assert asked.filter.text == '"broken mug" handle 12:30'
        assert asked.said[-1] == 'words: "broken mug" handle 12:30'

    def test_days_and_orders(self) -> None:
        asked = read_typed("created>=2026-11-01 due<=2026-11-30 sort:due", KNOWN)
        assert asked.filter.created == Period(datetime(2026, 11, 1, tzinfo=UTC), None)
        assert asked.filter.due == Period(None, datetime(2026, 12, 1, tzinfo=UTC))
        assert asked.order == Order(Sort.DUE)

    def test_days_are_the_desks_also_those_of_23_and_25_hours(self) -> None:
        at_home = replace(KNOWN, zone=ZoneInfo("Europe/Berlin"))
        spring = read_typed("created>=2026-03-29 created<=2026-03-29", at_home).filter.created
        assert spring == Period(datetime(2026, 3, 28, 23, tzinfo=UTC), datetime(2026, 3, 29, 22, tzinfo=UTC))
        autumn = read_typed("due>=2026-10-25 due<=2026-10-25", at_home).filter.due
        assert autumn == Period(datetime(2026, 10, 24, 22, tzinfo=UTC), datetime(2026, 10, 25, 23, tzinfo=UTC))

    @pytest.mark.parametrize(
        ("line", "words"),
        [
            ("statsu:open", "Did you mean status:…?"),
            ("colour:blue", "There are: status, stage"),
            ("status:opne", "There is no status “opne”. Did you mean open?"),
            ("type:retrun", "Did you mean return?"),
            ("assignee:Mai", "“Mai” is nobody here."),
            ("assignee:ben", "is the name of several"),
            ("priority:hihg", "Did you mean high?"),
            ("status:", "what comes after it is missing"),
            ("created:2026-11-01", "created>=2026-11-24"),
            ("created>=yesterday", "no day like"),
            ("sort:sideways", "none of: priority, due"),
            ("status>=open", "only created, due and fields"),
            ("number:x", "is no condition"),
            ("!status:open", "only whether a field has a value can be turned around"),
            ("!urgent", "only whether a field has a value can be turned around"),
            ("!field.refund_amount:1", "only whether a field has a value can be turned around"),
            ("channel:watsapp", "There is no channel “watsapp”. Did you mean whatsapp?"),
            ("field.refund_amuont>=1", "There is no field “refund_amuont”. Did you mean refund_amount?"),
            ("field.region:nroth", "There is no region “nroth”. Did you mean north?"),
            ("field.region:", "what comes after it is missing"),
            ("!field.nosuch", "There is no field “nosuch”. There are: refund_amount"),
            ("due<=9999-12-31", "too far away"),
            ("x" * 401, "too long"),
        ],
    )
    def test_what_is_no_condition_is_refused_with_what_may_be_meant(self, line: str, words: str) -> None:
        with pytest.raises(FilterRefused) as refused:
            read_typed(line, KNOWN)
        assert words in refused.value.message

    @tried(400)
    @given(
        st.text(max_size=60) | st.lists(st.sampled_from(["status:", ':","', "field.", "<=", "@", "12"])).map("".join)
    )
    def test_whatever_is_typed_is_a_filter_or_refused_in_words(self, line: str) -> None:
        with suppress(FilterRefused, TagRefused):
            read_typed(line, KNOWN)
