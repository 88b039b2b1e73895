"""Writes an example of every card, thread entry and modal as JSON, for a look or for a check by Slack's own types.

python -m tests.bot.render_examples FOLDER
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC
from pathlib import Path
from uuid import UUID

from bot.views.block_modal import block_modal
from bot.views.comment_modal import comment_modal
from bot.views.conversation_ticket_modal import conversation_ticket_modal
from bot.views.create_modal import MOST_DESCRIPTION
from bot.views.customer_modal import customer_modal
from bot.views.description import with_source
from bot.views.earlier_modal import earlier_modal
from bot.views.edit_customer_modal import edit_customer_modal
from bot.views.files_modal import MOST, files_modal
from bot.views.light_card import light_card
from bot.views.merge_modal import find_customer_modal, merge_modal
from bot.views.move_modal import move_modal
from bot.views.new_ticket_modal import new_ticket_modal
from bot.views.notice import WENT_WRONG, notice
from bot.views.priority_modal import priority_modal
from bot.views.reply_aids import Aids
from bot.views.reply_modal import Draft, Setting, answer_modal, reply_modal
from bot.views.status_modal import status_modal
from bot.views.thread_entry import thread_entry
from bot.views.ticket_brief import ticket_brief, ticket_unfurl
from bot.views.ticket_card import ticket_card
from bot.wire import Json
from core.messages import Delivery, Party
from tests.bot.cards import (
    NOON,
    a_card,
    a_file,
    a_last_reply,
    a_light_card,
    a_mail,
    a_match,
    a_picture,
    a_trouble,
    an_entry,
    an_understanding,
)
from tests.bot.profiles import a_merge_preview, a_profile
from tests.bot.views import finding_examples
from tests.playbooks import LIFECYCLE, VOCABULARY
from ticketing.attachments.attachment import FileState
from ticketing.attachments.previews import ListedFile
from ticketing.conversations.conversation import Direction, Message, State
from ticketing.conversations.light_card import LightCard, SuggestedTicket
from ticketing.conversations.origin import Origin
from ticketing.conversations.parts import GivenFile
from ticketing.conversations.ports import Writer
from ticketing.customers.customer import Customer
from ticketing.customers.profile import Profile
from ticketing.mails.envelope import Envelope
from ticketing.mails.suppressed import Suppressed
from ticketing.mails.suppression import refusal
from ticketing.people.actor import AI
from ticketing.playbook.playbook import SavedReply
from ticketing.tickets.card import EarlierWords, RoomEntry, ShownField, TicketCard, TicketName
from ticketing.triage.record import Trigger
from ticketing.triage.suggestion import Priority, Sentiment

FILES = {
    "picture": (a_picture(),),
    "file": (a_file("Rechnung März.pdf", content_type="application/pdf", is_picture=False, has_thumbnail=False),),
    "awaited": (a_file(state=FileState.AWAITED, url=None, size=None, content_type=None),),
    "refused": (a_file("film.mp4", state=FileState.REFUSED, url=None, size=None, why="It is larger than 25 MB."),),
    "album": tuple(a_picture(f"IMG_{n}.jpg") for n in range(10)),
    "hostile_names": tuple(a_picture("<!here>|*_`~& 图" * 12) for _ in range(10)),
    "long_names": tuple(a_picture("图" * 119) for _ in range(10)),
}
SUGGESTED = SuggestedTicket("Refund: order 78932", "return", "billing", Priority.HIGH)
COMES_BACK = refusal(Suppressed("max@home.example", "550 <!here> *no* such user " * 12, NOON, UUID(int=1)), UTC)
FAILED = "The 24-hour window is closed: send a template."


def cards() -> Iterator[tuple[str, TicketCard]]:
    """Every kind of card, by name."""
    yield "new", a_card()
    yield "claimed", a_card(assignee="Mia", assignee_email="mia@desk.example", status="in_progress", comments=2)
    yield "waiting", a_card(assignee="Mia", status="waiting_on_customer", trouble=a_trouble(), comments=1)
    yield "unknown", a_card(trouble=a_trouble("The connection broke.", delivery=Delivery.UNKNOWN))
    yield "resendable", a_card(trouble=a_trouble("Busy: send it again.", resendable=True))
    for status in ("resolved", "closed"):
        yield status, a_card(status=status, assignee="Mia")
        yield f"{status}_in_trouble", a_card(status=status, trouble=a_trouble())
    yield "unreachable", a_card(unreachable_since=NOON, came_from="<!here> *spring* sale", assignee="Mia")
    yield "rated", a_card(score=1)
    tags = tuple("🇩🇪<!here>`*" * 3 for _ in range(20))
    yield "arranged", a_card(tags=tags, due_at=NOON, watchers=1234, links=1, assignee="Mia")
    some = tuple(ShownField(f"Field {n} *<!here>*", f"value {n} " * 40, stale=n == 1) for n in range(9))
    yield "fields", a_card(fields=some, has_fields=True, files=3, assignee="Mia")
    yield "resolved_and_rated", a_card(status="resolved", assignee="Mia", score=4)
    yield "by_hand", a_card(understanding=None, team=None, priority=Priority.LOW)
    changed = an_understanding(sentiment_then=Sentiment.SATISFIED, opened_because=Trigger.TRIAGE, times=12)
    by_ai = tuple(ShownField(f"Field {n} *<!here>* " * 9, "v", stale=False, by_ai=True) for n in range(9))
    yield "enriched", a_card(understanding=changed, fields=by_ai, assignee="Mia")
    yield "unsure", a_card(understanding=an_understanding(trigger=Trigger.LOW_CONFIDENCE, confidence=0.41))
    bare = an_understanding(trigger=Trigger.BRAIN_FAILED, summary="", intent="", why="", entities=(), confidence=0.0)
    yield "unread", a_card(understanding=bare, customer="", priority=Priority.URGENT)
    upset = an_understanding(sentiment=Sentiment.UPSET, entities=tuple(("order", str(n)) for n in range(9)))
    yield "discarded", a_card(discarded_by="Mia")
    yield "with_files", a_card(files=12)
    yield "closed_with_files", a_card(status="closed", files=1)
    yield "of_another_vocabulary", a_card(type="Warranty", category="Seals")
    yield "many_entities", a_card(understanding=upset)
    said = with_source(
        "She <called> & *shouted* " * 90, f"{finding_examples.SITE}archives/C1/p1795348800000200", most=MOST_DESCRIPTION
    )
    yield "described", a_card(understanding=None, description=said)
    yield "merged", a_card(merged_into=7)


_HOSTILE = Party("a" * 300 + "@x.example", "*Eve* <!here> :fire: " * 30)
_DOUBT = "the mail server at mx.shop.example found that dmarc failed"
MAILS = {
    "alone": a_mail(copies=(), url=None),
    "in_copy": a_mail(),
    "of_another": a_mail(sender=Party("eve@elsewhere.example", "Eve Else"), by_customer=False, copies=()),
    "of_somebody": a_mail(sender=Party("eve@elsewhere.example"), by_customer=False, doubt=_DOUBT),
    "at_its_longest": a_mail(sender=_HOSTILE, by_customer=False, copies=(_HOSTILE,) * 50, doubt=_DOUBT * 20),
    "automatic": a_mail(automatic="it is a holiday note (Auto-Submitted: auto-replied)"),
    "automatic_at_its_longest": a_mail(sender=_HOSTILE, by_customer=False, automatic="<!here> *b* " * 90),
}


def entries() -> Iterator[tuple[str, RoomEntry]]:
    """Every kind of thread entry, by name."""
    yield "message", an_entry()
    yield "message_of_the_conversation", an_entry(concerns=False)
    first, second = (TicketName(UUID(int=n), n, f"Problem with a charge {n} " * 9) for n in (13, 14))
    yield "message_with_other_tickets", an_entry(ticket=TicketName(UUID(int=12), 12, "Mug"), others=(first, second))
    yield "message_of_nobody", an_entry(concerns=False, ticket=first, others=(second, first))
    before = "My <b>mug</b> is broken. "
    yield "edited_message", an_entry(edited_at=NOON, earlier=before, versions=1)
    answered = an_entry(edited_at=NOON, earlier=before * 90, versions=30, edited_after_answer=True, answered_by="Ben")
    yield "message_edited_after_an_answer", answered
    yield "message_that_answers_one", an_entry(answers="Your <refund> is on its way. " * 9, answers_whose="Ben")
    yield "message_that_answers_a_file", an_entry(answers="", answers_whose=None)
    yield "message_of_a_member", an_entry(author="Olga <!here>", group="Olga's *shop* & friends")
    for name, each in MAILS.items():
        yield f"mail_{name}", an_entry(mail=each)
    yield "mail_moved", an_entry(mail=MAILS["of_another"], moved_to=13, moved_by="Mia")
    yield "mail_at_length", an_entry(text="Where is it? " * 2000, mail=MAILS["at_its_longest"])
    copied = an_entry(kind="outbound", author="Mia", message_id=UUID(int=5), copies=(Party("eve@x.example", "Eve"),))
    yield "reply_with_a_copy", copied
    yield "reply_with_copies", replace(copied, copies=(_HOSTILE,) * 50)
    yield "moved_message", an_entry(moved_to=13, moved_by="Mia")
    yield "long_message", an_entry(text="Where is it? " * 2000)
    yield "empty_message", an_entry(text="  ", author="")
    yield "comment", an_entry(kind="comment", author="Mia", text="Asked the warehouse.")
    for name, files in FILES.items():
        yield f"message_with_{name}", an_entry(attachments=files)
        yield f"wordless_message_with_{name}", an_entry(text="", attachments=files)
        yield f"long_message_with_{name}", an_entry(text="Where is it? " * 2000, attachments=files)
        yield f"reply_with_{name}", an_entry(kind="outbound", author="Mia", attachments=files)
    for delivery in Delivery:
        error = FAILED if delivery in (Delivery.FAILED, Delivery.UNKNOWN) else None
        reply = an_entry(kind="outbound", author="Mia", delivery=delivery, error=error, message_id=UUID(int=5))
        yield f"reply_{delivery}", reply
        yield f"reply_{delivery}_resendable", replace(reply, resendable=True)
        yield f"reply_{delivery}_resent", replace(reply, resendable=True, resent_by="Ben")
        yield f"reply_{delivery}_noted", replace(reply, note="Mia says that it arrived")


def light_cards() -> Iterator[tuple[str, LightCard]]:
    """Every kind of light card, by name."""
    yield "waiting", a_light_card()
    yield "claimed", a_light_card(assignee="Mia")
    yield "unsure", a_light_card(unsure=True, why="Perhaps asks for a refund.", suggested=SUGGESTED)
    yield "reply_with_file", a_light_card(reply=a_last_reply(file="label_|<!here>.pdf"))
    yield "reply_of_a_file", a_light_card(reply=a_last_reply(file="label.pdf", text=""))
    for delivery in Delivery:
        error = FAILED if delivery in (Delivery.FAILED, Delivery.UNKNOWN) else None
        reply = a_last_reply(delivery, error=error, resendable=True)
        yield f"reply_{delivery}", a_light_card(assignee="Mia", reply=reply)
        done = a_light_card(state=State.RESOLVED, awaiting_since=None, state_by="Mia", reply=reply)
        yield f"resolved_reply_{delivery}", done
    long = a_last_reply(Delivery.PENDING, text="Sorry! " * 900, error="WhatsApp is away.", note="n" * 900)
    yield "reply_waiting", a_light_card(last_words="Hi! " * 900, customer="A" * 900, why="w" * 900, reply=long)
    yield "reply_failed_for_good", a_light_card(reply=a_last_reply(Delivery.FAILED, error=FAILED))
    yield "edited_after_an_answer", a_light_card(edited_after="Ben *B*")
    yield "unreachable", a_light_card(unreachable_since=NOON, came_from="<!here> *spring* sale")
    came_back = a_last_reply(Delivery.FAILED, error=COMES_BACK, resendable=True)
    yield "unreachable_by_mail", a_light_card(channel="email", unreachable_since=NOON, reply=came_back)
    yield "wordless", a_light_card(last_words=None, customer="", why=None)
    for name, files in FILES.items():
        yield f"with_{name}", a_light_card(attachments=files)
        yield f"wordless_with_{name}", a_light_card(last_words=None, attachments=files)
    yield "snoozed", a_light_card(state=State.SNOOZED, snoozed_until=NOON, state_by="Mia")
    yield "resolved", a_light_card(state=State.RESOLVED, awaiting_since=None, state_by="Mia")
    yield "resolved_by_itself", a_light_card(state=State.RESOLVED, awaiting_since=None, state_by=AI.name)
    yield "with_a_ticket", a_light_card(awaiting_since=None, ticket=12)
    yield "blocked", a_light_card(state=State.RESOLVED, awaiting_since=None, state_by="Mia", blocked_by="Mia")
    yield "written_again", a_light_card(awaiting_since=None)
    for name, each in MAILS.items():
        yield f"mail_{name}", a_light_card(channel="email", mail=each)
    yield from matches()


def matches() -> Iterator[tuple[str, LightCard]]:
    """Mails of which nobody knew for sure where they belong."""
    waiting = a_light_card(channel="email", why=None, last_words="I have the other half.", customer="Eve Else")
    yield "may_belong_to_a_ticket", replace(waiting, match=a_match())
    yield "may_belong_to_no_ticket", replace(waiting, match=a_match(number=None))
    yield "may_belong_to_nothing_named", replace(waiting, match=a_match(number=None, subject=None, customer=""))
    long = a_match(subject="Mug *b* <!here> " * 90, customer="M" * 900, why="<@U1> answers " * 900)
    yield "may_belong_at_length", replace(waiting, match=long, last_words="Hi! " * 900)
    done = replace(waiting, state=State.RESOLVED, awaiting_since=None, state_by="Mia")
    yield "joined", replace(done, match=a_match(same=True, decided_by="Mia"))
    yield "joined_to_no_ticket", replace(done, match=a_match(number=None, same=True, decided_by="Mia *B*"))
    apart = a_match(same=False, decided_by="Mia")
    yield "kept_apart", replace(waiting, awaiting_since=None, match=apart)
    yield "kept_apart_and_passed_to_people", replace(waiting, match=apart, why="Asks who we are.")
    yield "kept_apart_with_a_ticket", replace(waiting, awaiting_since=None, match=apart, ticket=43)


def profiles() -> Iterator[tuple[str, Profile]]:
    """Customers with everything, with nothing, and with the longest of everything."""
    yield "full", a_profile()
    nobody = Customer(UUID(int=1), "", NOON)
    yield "empty", Profile(nobody, (), (), (), (), (), ())
    yield "longest", a_profile("&" * 2000, times=10)
    yield "hostile", a_profile("<!channel> *b* <@U1> " * 20, times=3)


def by_mail() -> Iterator[tuple[str, Json]]:
    """The forms for a reply by mail."""
    to = Party("anna@home.example", "Anna")
    for name, each in (
        ("alone", Envelope(to, (), "", answers=False)),
        ("copied", Envelope(to, (Party("eve@x.example", "Eve, *E* <!here>"),), "Broken <mug>", answers=True)),
        ("at_length", Envelope(_HOSTILE, (_HOSTILE,) * 50, "Mug *b* <!here> " * 90, answers=True)),
    ):
        by_mail = Setting(None, NOON, envelope=each, takes="E-mail takes any file of up to 10 MB.")
        yield f"reply_by_mail_{name}", reply_modal(a_card(channel="email"), by_mail, then=())
        yield f"answer_by_mail_{name}", answer_modal(a_light_card(channel="email"), by_mail)
    again = Setting(None, NOON, draft=Draft("Hello", cc="ann@x.example"), envelope=Envelope(to, (), "", answers=True))
    yield "answer_by_mail_anew", answer_modal(a_light_card(channel="email"), again)


def modals() -> Iterator[tuple[str, Json]]:
    """Every modal, by name."""
    following = LIFECYCLE.following("open")
    for name, card in cards():
        yield f"reply_{name}", reply_modal(card, Setting(1600), then=following)
    theirs = Message(
        UUID(int=6), UUID(int=7), Direction.OUTBOUND, "Hello *Anna*", NOON, Delivery.SENT, author_name="Ben"
    )
    draft = Draft("My <words>", "resolved", meanwhile=theirs)
    yield "reply_overtaken", reply_modal(a_card(), Setting(1600, NOON, draft=draft), then=following)
    writers = [Writer(name, NOON) for name in ("Ben", "Sara *S* <!here>", "Tom", "Uma", "Vic", "Wim", "Xia")]
    for some in (writers[:1], writers[:2], writers):
        setting = Setting(1600, NOON, some, Draft("My words", meanwhile=theirs))
        yield f"reply_with_{len(some)}_writing", reply_modal(a_card(), setting, then=following)
        yield f"answer_with_{len(some)}_writing", answer_modal(a_light_card(), setting)
    yield "reply_without_status", reply_modal(a_card(), Setting(4096), then=())
    yield from by_mail()
    yield "comment", comment_modal(a_card())
    yield "status", status_modal(a_card(), following)
    yield "status_of_resolved", status_modal(a_card(status="resolved"), LIFECYCLE.following("resolved"))
    yield "status_with_one_way", status_modal(a_card(), following[:1])
    yield "priority", priority_modal(a_card())
    yield "new_ticket", new_ticket_modal(a_card(), VOCABULARY)
    tickets = [TicketName(UUID(int=n), n, f"Ticket {n}") for n in range(1, 130)]
    yield "unchanged", earlier_modal([])
    yield "earlier", earlier_modal([EarlierWords("My <mug> &", NOON, None), EarlierWords("", NOON, "Ben *B*")])
    yield "earlier_100", earlier_modal([EarlierWords("& Where? " * 4000, NOON, "Ben")] * 100)
    yield "move", move_modal(UUID(int=1), tickets[:1])
    yield "move_130", move_modal(UUID(int=1), tickets)
    had = [GivenFile(UUID(int=n), f"IMG_{n} <!here>.jpg" * n, "image/jpeg", 2000) for n in range(1, 12)]
    for count in (0, 2, 11):
        setting = Setting(1600, NOON, draft=Draft("", files=had[:count]), takes="WhatsApp takes JPEG up to 5 MB each.")
        yield f"reply_with_files_{count}", reply_modal(a_card(), setting, then=following)
        yield f"answer_with_files_{count}", answer_modal(a_light_card(), setting)
    for count in (1, 100, 101):
        saved = [SavedReply(f"r{n}", f"Photo <!here> *of* {n} " * 3, "Words.") for n in range(count)]
        for text in ("", "My <words> & <!here> more\n" * 100):
            draft = Draft(text, aside="⚠️ <!channel> *not* added. " * 60, turn=2, origin=Origin(UUID(int=9)))
            setting = Setting(None, NOON, draft=draft, aids=Aids(saved, suggests=True), takes="JPEG up to 5 MB each.")
            yield f"reply_with_{count}_saved_{len(text)}", reply_modal(a_card(), setting, then=following)
    for text in ("", "My <words> & <!here> more\n" * 400):
        setting = Setting(1600, NOON, draft=Draft(text, waits_for=UUID(int=8)), takes="JPEG up to 5 MB each.")
        yield f"reply_waiting_{len(text)}", reply_modal(a_card(), setting, then=following)
    for name, light in light_cards():
        yield f"block_{name}", block_modal(light)
        yield f"answer_{name}", answer_modal(light, Setting(1600))
        yield f"ticket_for_{name}", conversation_ticket_modal(light, VOCABULARY)
    for name, files in FILES.items():
        yield f"files_{name}", files_modal(a_card(), [ListedFile(each, "Anna <b>", NOON) for each in files])
    yield "files_none", files_modal(a_card(), [])
    yield "files_many", files_modal(a_card(), [ListedFile(a_picture(), "Anna", NOON)] * (MOST + 1))
    for name, profile in profiles():
        yield f"customer_{name}", customer_modal(profile, now=NOON)
        yield f"edit_customer_{name}", edit_customer_modal(profile.customer)
        yield f"find_customer_{name}", find_customer_modal(profile.customer)
        other = replace(profile.customer, id=UUID(int=2), name="Ben & <co>")
        yield f"merge_{name}", merge_modal(a_merge_preview(profile, other))
    yield "notice", notice(WENT_WRONG)


def messages() -> Iterator[tuple[str, list[Json]]]:
    """The blocks of every card and thread post, by name."""
    for name, card in cards():
        yield f"card_{name}", ticket_card(card)
        yield f"unfurl_{name}", ticket_unfurl(card, site=finding_examples.SITE)
        yield (
            f"brief_{name}",
            ticket_brief(card, site=finding_examples.SITE, link="https://desk.example/tickets/12?s=a1"),
        )
    for name, light in light_cards():
        yield f"light_card_{name}", light_card(light)
    for name, entry in entries():
        for part, (_, blocks) in enumerate(thread_entry(entry)):
            yield f"entry_{name}_{part}", blocks


def main(folder: Path) -> None:
    from tests.bot.views import examples  # it knows this module

    folder.mkdir(parents=True, exist_ok=True)
    for each in examples.all_messages()[0]:
        (folder / f"{each.name}.json").write_text(json.dumps({"blocks": each.thing}, ensure_ascii=False, indent=1))
    for each in examples.all_views()[0]:
        (folder / f"modal_{each.name}.json").write_text(json.dumps(each.thing, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
    sys.stdout.write(f"{len(list(Path(sys.argv[1]).glob('*.json')))} examples in {sys.argv[1]}\n")
