"""A customer on e-mail: their server brings mails to the desk's port, and takes what the desk sends."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from ai.offline import OfflineBrain
from app.wiring import services
from emulators.mail import Enclosed, Mailer, MailServer, running
from emulators.slack import Upload
from emulators.waiting import until
from tests.conftest import fresh_database
from tests.journey.clicks import Clicks
from tests.journey.stage import DESK, Stage, pictures_under, staged
from tests.pictures import a_picture
from ticketing.people.person import Role

pytestmark = pytest.mark.asyncio(loop_scope="module")

PDF = b"%PDF-1.4\n" + b"a label " * 3000
BROKEN = "Hello,\n\nmy mug from order 4711 arrived broken. I want a refund.\n\nDana"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def mail() -> AsyncIterator[MailServer]:
    async with running(MailServer(authserv_id="mx.shop.example")) as server:
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(postgres: str, brain: OfflineBrain, mail: MailServer) -> AsyncIterator[Stage]:
    async with fresh_database(postgres) as dsn, staged(dsn, brain, mail=mail) as made:
        yield made


async def test_a_mail_is_a_ticket_and_the_answers_go_on_in_its_thread_with_their_files(
    stage: Stage, mail: MailServer
) -> None:
    dana, photo = mail.customer("dana@customer.example", name="Dana", mailer=Mailer.OUTLOOK), a_picture()
    await dana.write(DESK, "Broken mug", BROKEN, files=[Enclosed("mug.jpg", "image/jpeg", photo)])
    card = await stage.card_of(dana)
    assert "Dana · E-mail" in stage.text(card)
    (theirs,) = stage.thread(card)
    assert "Broken mug\n\nHello,\n\nmy mug" in stage.text(theirs)
    assert len(pictures_under(stage, card)) == 1

    files = [Upload("label.pdf", PDF), Upload("way.png", a_picture("PNG"))]
    await stage.fills(stage.mia, card, "reply", {"text": "We are *sorry*. A new one is on its way.", "files": files})
    answer = await dana.comes()
    assert answer.thread == 1, "her program puts it below her own mail"
    assert answer.subject == "Re: Broken mug"
    assert str(answer.message["Reply-To"]).startswith("Shop <support+t.")
    assert "We are *sorry*." in answer.text
    assert "We are <b>sorry</b>." in answer.html
    assert [(each.name, each.content) for each in answer.files] == [("label.pdf", PDF), ("way.png", files[1].content)]

    await dana.reply(answer, "Thank you! When will it come?")
    card = await stage.card_of(dana)
    said = stage.text(stage.thread(card)[-1])
    assert "When will it come?" in said
    assert "We are" not in said, "what she quotes stands there already"
    (kept,) = await stage.rows("SELECT whole FROM mail WHERE whole LIKE '%When will it come?%'")
    assert "From: Shop <support@shop.example>" in kept["whole"]


async def test_a_machine_changes_nothing_and_what_comes_back_is_said_and_not_tried_again(
    stage: Stage, mail: MailServer
) -> None:
    emil = mail.customer("emil@customer.example", name="Emil")
    await emil.write(DESK, "Late parcel", "My parcel with order 4712 is late. Where is it?")
    card = await stage.card_of(emil)
    emil.away = "I am out of the office until Monday."
    await stage.fills(stage.mia, card, "reply", {"text": "It comes on Friday."})
    await until(lambda: stage.text(stage.thread(card)[-1]).startswith("⚙️ Emil · automatic:"), "his mailbox's answer")
    assert "🆕 Open" in stage.text(await stage.card_of(emil))

    emil.leave()
    await stage.fills(stage.mia, card, "reply", {"text": "It comes on Saturday."})
    failed = "⚠️ failed · emil@customer.example could not be reached: 550 5.1.1 No such user here"
    await until(lambda: failed in stage.text(stage.thread(card)[-1]), "the bounce")
    emil.come_back()
    await stage.fills(stage.mia, card, "reply", {"text": "It comes on Sunday."})
    await until(lambda: "has taken no mail since" in stage.text(stage.thread(card)[-1]), "that nothing was sent")
    assert [each.text.strip().splitlines()[-1] for each in emil.inbox] == ["It comes on Friday."]


async def test_a_stranger_who_names_a_ticket_waits_until_somebody_says_with_one_click_that_it_is_theirs(
    stage: Stage, mail: MailServer
) -> None:
    fay = mail.customer("fay@customer.example", name="Fay")
    await fay.write(DESK, "Lamp", "My lamp from order 4713 does not work, please help.")
    card = await stage.card_of(fay)
    (ticket,) = await stage.rows(
        "SELECT number FROM ticket JOIN conversation ON conversation.id = conversation_id WHERE address = $1",
        fay.address,
    )
    tim = mail.customer("tim@elsewhere.example", name="Tim", proven=False)
    await tim.write(DESK, f"About [#{ticket['number']}]", "Fay asked me to send you the number: 4713-B.")
    waiting = await stage.light_card_of(tim)
    assert f"Looks like it belongs to #{ticket['number']}" in stage.text(waiting)
    assert "Not proven to be from tim@elsewhere.example" in stage.text(waiting)
    assert "4713-B" not in stage.thread_text(card)

    ben = Clicks(stage, stage.ben)
    await ben.press(waiting, "conversation.same")
    await until(lambda: "4713-B" in stage.thread_text(card), "his words in Fay's thread")
    assert ben.count == 1

    (link,) = re.findall(r"<(http[^|>]+/mails/[^|>]+)\|Whole mail>", str(stage.thread(card)[-1]["blocks"]))
    async with httpx.AsyncClient(trust_env=False) as browser:
        page, raw = await browser.get(link), await browser.get(link.replace("?", "/mail.eml?"))
    assert "Fay asked me to send you the number: 4713-B." in page.text
    assert "Not proven to be from its sender." in page.text
    assert b"\nSubject: About [#" in raw.content

    await stage.fills(stage.mia, card, "reply", {"text": "Thank you both."})
    for each in (fay, tim):  # who takes part now reads along, as the form offered
        assert "Thank you both." in (await each.comes()).text
    await stage.fills(stage.mia, card, "reply", {"text": "Only for Fay.", "cc": ""})
    await until(lambda: "Only for Fay." in fay.inbox[-1].text, "what only she is told")
    assert len(tim.inbox) == 1


async def test_a_colleague_who_is_not_in_slack_hears_by_mail_and_answers_with_an_internal_comment(
    stage: Stage, mail: MailServer
) -> None:
    zoe = mail.customer("zoe@team.example", name="Zoe")
    async with services(stage.settings, stage.dsn, connections=1) as made:
        added = await made.desk.add_person("Zoe", zoe.address, Role.AGENT)
    gus = mail.customer("gus@customer.example", name="Gus")
    await gus.write(DESK, "Chair", "My chair from order 4714 arrived broken. I want a refund.")
    await stage.fills(stage.sara, await stage.card_of(gus), "assign", {"assignee": str(added.id)})
    told = await zoe.comes()
    assert "] Assigned to you: " in told.subject
    assert "> " in told.text
    assert "order 4714" in told.text
    assert told.automatic

    await zoe.reply(told, "I cannot see the photo, who can?")
    card = await stage.card_of(gus)
    await until(lambda: "I cannot see the photo, who can?" in stage.thread_text(card), "her comment")
    await stage.settled()
    assert gus.inbox == [], "what she wrote is internal"
    assert len(zoe.inbox) == 1
