"""A request as it stands in a thread: all that was asked is there, whatever it is called."""

from datetime import timedelta
from uuid import uuid4

from bot.views.approval_entry import approval_entry
from tests.bot.views.hostile import NASTY, is_inert, texts, valid_message
from tests.factories import NOW
from ticketing.approvals.approval import ApprovalState
from ticketing.approvals.shown import ShownApproval


def a_request(evidence: tuple[tuple[str, str], ...], words: str) -> ShownApproval:
    return ShownApproval(
        id=uuid4(),
        label=words,
        purpose=words,
        amount=words,
        evidence=evidence,
        why=words,
        requester=words,
        requested_at=NOW,
        who=words,
        quorum=20,
        decisions=(),
        state=ApprovalState.WAITING,
        because=None,
        settled_at=None,
        expires_at=NOW + timedelta(days=1),
        repeated=True,
        escalated=True,
        followed=False,
        now=words,
        last_words=words,
    )


def test_slack_takes_it_however_long_its_evidence_is_and_what_is_left_out_is_counted() -> None:
    evidence = tuple((f"Field {number} {NASTY * 9}", f"Value {number} {NASTY * 9}") for number in range(25))
    text, blocks = approval_entry(a_request(evidence, NASTY * 40))
    valid_message(blocks)
    assert is_inert(blocks)
    said = " ".join(texts(blocks))
    assert all(f"Value {number} " in said for number in range(20))
    assert "… and 5 more: *Fields* on the card shows them" in said
    assert "<" not in text
