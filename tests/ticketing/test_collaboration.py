"""Working on tickets together, as far as it is arithmetic on values."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from tests.factories import NOW, a_person, a_ticket, after
from ticketing.collaboration.due import DueRefused, promise
from ticketing.collaboration.hand_off import HandOffRefused, pass_on
from ticketing.collaboration.link import Link, LinkKind, LinkRefused
from ticketing.collaboration.owner import own
from ticketing.collaboration.tags import TagRefused, normalised, retag
from ticketing.collaboration.watcher import mentioned_in
from ticketing.people.actor import person_acting
from ticketing.people.permissions import PermissionRefused
from ticketing.people.person import Role, Team
from ticketing.tickets.ticket import MOST_TAGS

MIA, BEN = a_person("Mia"), a_person("Ben")
REFUNDS = Team(uuid4(), "Refunds EU", None)
ADMIN = person_acting(a_person("Ada", Role.ADMIN))


class TestMentionedIn:
    def test_people_and_teams_are_meant_however_their_names_are_spelled(self) -> None:
        meant = mentioned_in("@mia, please ask @Refunds  EU. @mia?", [MIA, BEN], [REFUNDS])
        assert (meant.people, meant.teams) == ((MIA,), (REFUNDS,))

    @pytest.mark.parametrize("text", ["mia@ben.example", "@Mias", "@@Mia", "Mia", "@ Mia"])
    def test_what_only_looks_like_a_mention_means_nobody(self, text: str) -> None:
        assert mentioned_in(text, [MIA, BEN], [REFUNDS]).people == ()

    def test_of_two_names_the_longer_one_is_meant(self) -> None:
        long = replace(MIA, id=uuid4(), name="Mia Berger")
        assert mentioned_in("@Mia Berger", [MIA, long], []).people == (long,)

    def test_a_name_that_two_have_means_nobody(self) -> None:
        assert mentioned_in("@Mia", [MIA, a_person("MIA")], []).people == ()


class TestTags:
    def test_are_kept_without_regard_to_case_and_spaces_each_once(self) -> None:
        assert normalised(["  VIP ", "vip", "Late\n delivery", "STRASSE", "straße"]) == (
            "vip",
            "late delivery",
            "strasse",
        )

    @pytest.mark.parametrize("word", ["", " \t", "x" * 41])
    def test_empty_or_too_long_is_refused(self, word: str) -> None:
        with pytest.raises(TagRefused, match="1 to 40 characters"):
            normalised([word])

    def test_twenty_are_enough(self) -> None:
        ticket = a_ticket(tags=tuple(map(str, range(MOST_TAGS))))
        with pytest.raises(TagRefused, match="20 tags"):
            retag(ticket, add=["one more"], by=ADMIN, at=NOW)
        swapped = retag(ticket, add=["one more"], remove=["0"], by=ADMIN, at=NOW)
        assert swapped.ticket.tags[-1] == "one more"

    def test_a_change_says_what_they_were_and_what_they_are(self) -> None:
        change = retag(a_ticket(tags=("vip",)), add=["late"], remove=["VIP"], by=ADMIN, at=NOW)
        assert change.record is not None
        assert (change.record.before, change.record.after) == ({"tags": ["vip"]}, {"tags": ["late"]})

    def test_what_is_so_already_changes_nothing(self) -> None:
        assert retag(a_ticket(tags=("vip",)), add=["VIP"], remove=["late"], by=ADMIN, at=NOW).record is None
        assert normalised(["Cafe\u0301", "café", "\u202ecafé"]) == ("café",)


class TestDue:
    def test_a_promise_is_to_be_reminded_of_when_it_comes(self) -> None:
        change = promise(a_ticket(assignee_id=MIA.id), after(60), by=person_acting(MIA), at=NOW)
        assert (change.ticket.due_at, change.ticket.remind_at) == (after(60), after(60))

    def test_nothing_is_promised_for_the_past(self) -> None:
        with pytest.raises(DueRefused):
            promise(a_ticket(), NOW - timedelta(seconds=1), by=ADMIN, at=NOW)

    def test_only_who_works_on_it_or_an_admin_promises(self) -> None:
        with pytest.raises(PermissionRefused):
            promise(a_ticket(assignee_id=BEN.id), after(60), by=person_acting(MIA), at=NOW)


class TestHandOff:
    def test_its_assignee_hands_it_to_a_team_and_the_owner_stays(self) -> None:
        owned = own(a_ticket(assignee_id=MIA.id), MIA, by=person_acting(MIA), at=NOW).ticket
        handed = pass_on(owned, REFUNDS, by=person_acting(MIA), at=NOW, note="wants money back")
        assert (handed.ticket.team_id, handed.ticket.assignee_id) == (REFUNDS.id, None)
        assert handed.ticket.owner_id == MIA.id
        assert handed.record is not None
        assert handed.record.after["note"] == "wants money back"

    def test_who_chooses_a_colleague_must_be_allowed_to_assign(self) -> None:
        colleague = a_person("Ben", teams=(REFUNDS.id,))
        ticket = a_ticket(assignee_id=MIA.id)
        with pytest.raises(PermissionRefused):
            pass_on(ticket, REFUNDS, colleague, by=person_acting(MIA), at=NOW)
        assert pass_on(ticket, REFUNDS, colleague, by=ADMIN, at=NOW).ticket.assignee_id == colleague.id

    def test_the_colleague_is_of_that_team(self) -> None:
        with pytest.raises(HandOffRefused, match="Ben is not of team Refunds EU"):
            pass_on(a_ticket(), REFUNDS, BEN, by=ADMIN, at=NOW)

    def test_a_colleagues_ticket_stays_where_it_is(self) -> None:
        with pytest.raises(PermissionRefused):
            pass_on(a_ticket(assignee_id=BEN.id), REFUNDS, by=person_acting(MIA), at=NOW)


class TestOwner:
    def test_is_a_person_or_a_team_never_both(self) -> None:
        teams = own(own(a_ticket(), MIA, by=ADMIN, at=NOW).ticket, REFUNDS, by=ADMIN, at=NOW).ticket
        assert (teams.owner_id, teams.owner_team_id) == (None, REFUNDS.id)
        assert own(teams, None, by=ADMIN, at=NOW).ticket.owner_team_id is None


class TestLink:
    def test_one_that_goes_both_ways_is_the_same_from_either_end(self) -> None:
        one, other = uuid4(), uuid4()
        assert Link.of(LinkKind.RELATES, one, other) == Link.of(LinkKind.RELATES, other, one)
        assert Link.of(LinkKind.BLOCKS, one, other) != Link.of(LinkKind.BLOCKS, other, one)

    def test_reads_from_either_end(self) -> None:
        one, other = uuid4(), uuid4()
        link = Link.of(LinkKind.PARENT, one, other)
        assert (link.words_from(one), link.words_from(other)) == ("is the parent of", "is a child of")

    @pytest.mark.parametrize("kind", LinkKind)
    def test_none_to_itself(self, kind: LinkKind) -> None:
        one = uuid4()
        with pytest.raises(LinkRefused):
            Link.of(kind, one, one)
