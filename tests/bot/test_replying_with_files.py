"""Files in the forms for a reply: given once, refused in words, and kept when a reply is written anew."""

from typing import Any

from bot.intents import Action, Field
from core.messages import Limits
from emulators.slack import Person, Upload, as_text
from tests.bot.office import Office
from tests.pictures import a_picture

LIMITS = Limits(text=1600, caption=lambda _: 100, file=lambda kind: 100_000 if kind.startswith("image/") else 0)
LABEL = Upload("label.jpg", a_picture())
BILL = Upload("bill.pdf", b"%PDF-1.7\n a bill")
LARGE = Upload("large.png", a_picture("PNG") + bytes(200_000))


def takes(office: Office, limits: Limits) -> None:
    """What the customers' channel takes, from now on."""
    office.desk.limits["whatsapp"] = limits  # type: ignore[index]  # the handlers have this desk


async def carried(office: Office) -> list[tuple[str, str | None, str]]:
    """What stands in the outbox: words, file, delivery."""
    rows = await office.all(
        "SELECT text, name, delivery FROM message LEFT JOIN attachment ON attachment.id = file_id"
        " WHERE direction = 'out' ORDER BY message.at"
    )
    return [(row["text"], row["name"], row["delivery"]) for row in rows]


def ticked(view: dict[str, Any]) -> list[str]:
    """The files that the form says the reply had."""
    boxes = [block["element"] for block in view["blocks"] if block.get("block_id") == Field.KEPT]
    return [option["text"]["text"] for element in boxes for option in element["initial_options"]]


class TestGiving:
    async def test_a_file_goes_with_the_words_or_without_any_and_once(self, office: Office, mia: Person) -> None:
        takes(office, LIMITS)
        view = await office.press(mia, Action.REPLY)
        assert (await mia.submit(view, {Field.TEXT: None})).errors[Field.TEXT].startswith("The reply is empty.")
        done = await mia.submit(view, {Field.TEXT: "Print this.", Field.FILES: [LABEL]})
        assert (await office.workspace.courier.interaction(done.payload)).acknowledged  # a second time
        await mia.submit(await office.press(mia, Action.REPLY), {Field.FILES: [LABEL]})
        assert await carried(office) == [("Print this.", "label.jpg", "pending"), ("", "label.jpg", "pending")]
        assert len(await office.all("SELECT id FROM attachment")) == 2

    async def test_what_the_channel_does_not_take_is_refused_at_the_field_before_anything_is_fetched(
        self, office: Office, mia: Person
    ) -> None:
        takes(office, LIMITS)
        view = await office.press(mia, Action.REPLY)
        for upload, words in (
            (BILL, "bill.pdf cannot be sent: this channel takes no files of the type application/pdf."),
            (LARGE, "; this channel takes 100 KB of the type image/png."),
        ):
            done = await mia.submit(view, {Field.TEXT: "These.", Field.FILES: [LABEL, upload]})
            assert words in done.errors[Field.FILES]
        assert await carried(office) == []
        assert await office.all("SELECT id FROM attachment") == []


class TestWritingAnew:
    async def test_undo_gives_the_files_back_to_be_kept_or_left_out(self, office: Office, mia: Person) -> None:
        takes(office, LIMITS)
        two = [LABEL, Upload("cup.jpg", a_picture())]
        await mia.submit(await office.press(mia, Action.REPLY), {Field.TEXT: "Print.", Field.FILES: two})
        await office.show()
        post = office.workspace.thread(office.support, office.ts)[1]
        await mia.press(office.support, post["ts"], Action.UNDO)
        form = mia.modals()[-1]
        assert ticked(form) == ["label.jpg", "cup.jpg"]
        other = Upload("other.jpg", a_picture())
        done = await mia.submit(form["id"], {Field.TEXT: "Print.", Field.KEPT: ["cup.jpg"], Field.FILES: [other]})
        assert done.outcome == "closed"
        assert [each for each in await carried(office) if each[2] == "pending"] == [
            ("Print.", "cup.jpg", "pending"),
            ("", "other.jpg", "pending"),
        ]

    async def test_a_form_that_was_overtaken_has_its_files_still(
        self, office: Office, mia: Person, ben: Person
    ) -> None:
        takes(office, LIMITS)
        views = [await office.press(person, Action.REPLY) for person in (mia, ben)]
        await ben.submit(views[1], {Field.FILES: [LABEL]})
        await mia.submit(views[0], {Field.TEXT: "Print.", Field.FILES: [LABEL]})
        form = mia.modals()[-1]
        assert "while you were writing: a file" in as_text(form, columns=200)
        assert ticked(form) == ["label.jpg"]
        assert (await mia.submit(form["id"], {Field.TEXT: "Print."})).outcome == "closed"
        assert (await carried(office))[1:] == [("Print.", "label.jpg", "pending")]
