"""Whatever was in an earlier playbook leads to something of the next one."""

import pytest

from tests.playbooks import PLAIN, a_document, a_playbook
from ticketing.playbook.lifecycle import StatusCategory
from ticketing.playbook.playbook import Playbook
from ticketing.playbook.succession import MappingMissing, MappingUnknown, Standing, Successors, Wanted, succeed

FIRST = a_playbook(a_document("new open", "checking active", "parked pending", "done closed"))
SECOND = a_playbook(a_document("new open", "working active", "done closed"))
IN_CHECKING = Standing("general_query", "checking", StatusCategory.ACTIVE, 3)
NOBODY = Wanted()


def applied(before: Playbook, after: Playbook, *standing: Standing, wanted: Wanted = NOBODY) -> Playbook:
    return succeed(before, after, standing, wanted).into(after, version=before.version + 1)


class TestSucceed:
    def test_a_status_that_tickets_stand_in_is_not_removed_without_a_mapping(self) -> None:
        with pytest.raises(MappingMissing) as refused:
            succeed(FIRST, SECOND, [IN_CHECKING], NOBODY)
        assert refused.value.message == (
            "3 tickets are of type Only one in status Checking (checking), which lifecycle Only (only) does not have. "
            "Say where they go, with --map only.checking=… or `was: [checking]` at a status. "
            "It has: new, working, done."
        )

    @pytest.mark.parametrize("line", ["checking=working", "only.checking=working", " checking = working "])
    def test_the_mapping_says_where_they_go(self, line: str) -> None:
        now = applied(FIRST, SECOND, IN_CHECKING, wanted=Wanted.read([line]))
        assert now.lifecycle("general_query").status("checking").key == "working"

    def test_the_document_may_say_it_too(self) -> None:
        after = a_playbook(a_document("new open", "done closed", "working active", was="[checking]"))
        assert applied(FIRST, after, IN_CHECKING).lifecycle("general_query").status("checking").key == "working"

    def test_where_no_ticket_stands_the_category_decides_and_else_it_begins_anew(self) -> None:
        lifecycle = applied(FIRST, SECOND).lifecycle("general_query")
        assert lifecycle.status("checking").key == "working"
        assert lifecycle.status("parked").key == "new"  # nothing is pending any more

    def test_over_versions_everything_leads_to_what_there_is_now(self) -> None:
        second = applied(FIRST, SECOND, IN_CHECKING, wanted=Wanted.read(["checking=working"]))
        third = a_playbook(a_document("new open", "at_work active", "done closed"))
        wanted = Wanted.read(["working=at_work", "parked=done"])
        at_work = Standing("general_query", "working", StatusCategory.ACTIVE, 1)
        lifecycle = applied(second, third, at_work, wanted=wanted).lifecycle("general_query")
        assert {old: lifecycle.status(old).key for old in ("checking", "working", "parked")} == {
            "checking": "at_work",
            "working": "at_work",
            "parked": "done",
        }

    def test_a_status_that_comes_back_is_itself_again(self) -> None:
        again = applied(applied(FIRST, SECOND), FIRST)
        assert again.lifecycle("general_query").status("checking").key == "checking"

    def test_a_type_that_tickets_are_of_is_not_removed_without_a_mapping(self) -> None:
        after = a_playbook(a_document("new open", "working active", "done closed", kind="question"))
        with pytest.raises(MappingMissing) as refused:
            succeed(FIRST, after, [IN_CHECKING], NOBODY)
        assert "3 tickets are of type Only one (general_query), which this playbook does not have." in (
            refused.value.message
        )
        now = applied(
            FIRST, after, IN_CHECKING, wanted=Wanted.read(["type:general_query=question", "checking=working"])
        )
        assert now.type("general_query").key == "question"
        assert now.lifecycle("general_query").status("checking").key == "working"

    def test_a_type_that_moves_to_another_lifecycle_takes_its_tickets_along(self) -> None:
        after = a_playbook(a_document("new open", "closed closed", kind="complaint"))
        resolved = Standing("complaint", "resolved", StatusCategory.RESOLVED, 2)
        with pytest.raises(MappingMissing, match="2 tickets are of type Complaint in status Resolved"):
            succeed(PLAIN, after, [resolved], NOBODY)
        guessed = succeed(PLAIN, after, [resolved], NOBODY, guess=True).into(after, version=1)
        assert guessed.lifecycle("complaint").status("resolved").key == "new"

    @pytest.mark.parametrize(
        ("line", "words"),
        [
            ("checking=gone", "has no such status"),
            ("unheard_of=done", "which this playbook does not take away"),
            ("new=done", "which this playbook does not take away"),
            ("type:general_query=done", "which this playbook does not take away"),
            ("checking", "is no mapping"),
        ],
    )
    def test_a_mapping_that_means_nothing_is_told(self, line: str, words: str) -> None:
        with pytest.raises(MappingUnknown, match=words):
            succeed(FIRST, SECOND, [IN_CHECKING], Wanted.read([line]))

    def test_labels_of_categories_are_kept(self) -> None:
        assert applied(PLAIN, SECOND).category("damaged") == "Damaged"

    def test_it_is_stored_and_read_as_it_was(self) -> None:
        made = succeed(PLAIN, SECOND, [], NOBODY)
        assert Successors.of(made.data()) == made
