"""Files on their way between a customer's phone and the team's Slack."""

import asyncio
import re

import aiohttp
import pytest

from emulators.slack import Upload
from emulators.waiting import until
from tests.journey.stage import Stage, pictures_under
from tests.pictures import a_picture

pytestmark = pytest.mark.asyncio(loop_scope="module")

PDF = b"%PDF-1.4\n" + b"a bill " * 3000


class TestFromTheCustomer:
    async def test_a_photo_stands_in_the_thread_and_a_pdf_as_a_link_that_downloads(self, stage: Stage) -> None:
        anna = stage.customer("Anna")
        await anna.write("My mug arrived broken, I want a refund for order 4711.")
        await anna.photo(a_picture(), caption="This is how it looks")
        await anna.document(PDF)
        card = await stage.card_of(anna)
        post = next(m for m in stage.thread(card) if "This is how it looks" in stage.text(m))
        (picture,) = (block for block in post["blocks"] if block["type"] == "image")
        preview = stage.slack.files.find(picture["slack_file"]["id"])
        assert preview is not None
        assert preview.mimetype == "image/jpeg"
        assert "[📎 2 files]" in stage.text(card)

        bill = next(m for m in stage.thread(card) if ".pdf" in stage.text(m))
        link = re.search(rf"{stage.url}/files/[^)]+", stage.text(bill))
        assert link is not None
        async with aiohttp.ClientSession(trust_env=False) as http, http.get(link[0]) as answer:
            assert (answer.status, await answer.read()) == (200, PDF)

        listed = stage.text(await stage.opens(stage.mia, card, "files"))
        assert listed.index(".pdf") < listed.index("photo")

    async def test_ten_photos_at_once_are_one_ticket_with_ten_pictures_in_the_order_of_their_arrival(
        self, stage: Stage
    ) -> None:
        beate = stage.customer("Beate Burst")
        pictures = [a_picture(size=(100 + number, 80)) for number in range(10)]
        sent = await asyncio.gather(*(beate.photo(each, caption="My mug arrived broken.") for each in pictures))
        card = await stage.card_of(beate)
        keys = {f"message:{each.sid}": 100 + number for number, each in enumerate(sent)}
        arrived = await stage.rows("SELECT key FROM inbox WHERE key = ANY($1) ORDER BY received_at, id", [*keys])
        assert pictures_under(stage, card) == [keys[row["key"]] for row in arrived]
        assert len(arrived) == 10
        assert "[📎 10 files]" in stage.text(card)
        assert await stage.light_cards_of(beate) == []


class TestFromAColleague:
    async def test_a_file_in_the_thread_is_a_comment_with_a_file_that_stands_there_once(self, stage: Stage) -> None:
        card = await stage.writes(stage.customer("Bert"), "My lamp from order 4712 does not work, please help.")
        await stage.mia.share(
            stage.channel, [Upload("label.png", a_picture("PNG")), Upload("bill.pdf", PDF)], "", card["ts"]
        )
        await stage.settled()
        kept = await stage.rows(
            "SELECT attachment.name, attachment.state, attachment.size FROM attachment JOIN comment"
            " ON comment.id = comment_id JOIN ticket ON ticket.id = ticket_id ORDER BY position"
        )
        assert [(row["name"], row["state"]) for row in kept] == [("label.png", "stored"), ("bill.pdf", "stored")]
        assert kept[1]["size"] == len(PDF)
        _, theirs = stage.thread(card)  # the customer's words, and what Mia shared: not shown a second time
        assert theirs["subtype"] == "file_share"
        assert "[📎 2 files]" in stage.text(stage.slack.message(stage.channel, card["ts"]))


class TestToTheCustomer:
    async def test_a_photo_and_a_pdf_are_on_the_phone_and_in_the_thread_and_what_whatsapp_takes_not_is_said_at_once(
        self, stage: Stage
    ) -> None:
        carla, photo = stage.customer("Carla"), a_picture()
        card = await stage.writes(carla, "I cannot find the label for my return of order 4713.")
        form = await stage.opens(stage.mia, card, "reply")
        assert "WhatsApp takes JPEG, PNG up to 5 MB; PDF" in stage.text(form)
        archive = [Upload("label.jpg", photo), Upload("label.zip", b"PK\x03\x04 not theirs to open")]
        refused = await stage.mia.submit(form["id"], {"text": "Print *these*, please.", "files": archive})
        assert refused.errors["files"].startswith("label.zip cannot be sent: this channel takes no files of the type")

        both = [Upload("label.jpg", photo), Upload("bill.pdf", PDF)]
        done = await stage.mia.submit(form["id"], {"text": "Print *these*, please.", "files": both})
        assert done.outcome == "closed"
        await until(lambda: len(carla.inbox) == 2, "both on the phone", patience=30)
        shown, bill = carla.inbox
        assert [(each.body, [file.content_type for file in each.files]) for each in (shown, bill)] == [
            ("Print *these*, please.", ["image/jpeg"]),
            ("", ["application/pdf"]),
        ]
        assert [file.data for each in (shown, bill) for file in each.files] == [photo, PDF]

        await carla.read()
        await stage.settled()
        _, first, second = stage.thread(card)
        assert stage.text(first).startswith("📤 Mia → customer · ✓✓ read")
        assert [block["type"] for block in first["blocks"]].count("image") == 1
        assert "✓✓ read" in stage.text(second)
        assert "bill.pdf" in stage.text(second)
        assert "[📎 2 files]" in stage.text(stage.slack.message(stage.channel, card["ts"]))
        assert len(carla.inbox) == 2
