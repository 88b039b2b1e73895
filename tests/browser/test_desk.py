"""Customers and the team at work, through the page alone: everything real but the two providers."""

import pytest
from playwright.async_api import Browser, expect

from tests.browser.screen import opened
from tests.journey.stage import Stage
from tests.pictures import a_picture

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

# Whether the page was told of a message with these words, drawn or not.
_KNOWS = """
    async (words) => {
        const { facts } = await import("/page/js/store.js");
        const told = [...facts.messages.values()].flatMap((each) => [...each.values()]);
        return told.map((each) => JSON.stringify(each)).some((each) => words.every((word) => each.includes(word)));
    }
"""


async def test_the_whole_way_goes_by_keyboard_alone(browser: Browser, url: str) -> None:
    async with opened(browser, url) as screen:
        keys = screen.page.keyboard

        async def reach(selector: str) -> None:
            for _ in range(300):
                await keys.press("Tab")
                if await screen.page.evaluate("s => document.activeElement.matches(s)", selector):
                    return
            raise AssertionError(f"the tab key does not come to {selector}")

        await reach("#phone .add")
        await keys.press("Enter")
        await keys.type("Kim")
        await keys.press("Enter")
        await expect(screen.phone.get_by_label("Message as the customer")).to_be_focused()
        await keys.type("Where is order 4717? It is a week late.")
        await keys.press("Enter")
        card = screen.card("Kim")
        await expect(card).to_be_visible()

        await reach(".pane.channel .message:last-child .actions .primary")
        await keys.press("Enter")
        await expect(card).to_contain_text("Take over")
        await reach(".pane.channel .message:last-child .actions .primary")
        await keys.press("Enter")
        await expect(screen.modal.get_by_label("Your reply")).to_be_focused()
        await keys.type("It comes today.")
        await keys.press("Control+Enter")
        await expect(screen.bubble("It comes today.")).to_be_visible()
        await expect(screen.modal).to_have_count(0)

        await reach(".pane.channel .message:last-child .replies")
        await keys.press("Enter")
        await expect(screen.thread).to_be_visible()
        await reach(".pane.thread textarea")
        await keys.type("Told them.")
        await keys.press("Enter")
        await expect(screen.thread).to_contain_text("Told them.")
        await keys.press("Escape")
        await expect(screen.thread).to_be_hidden()


async def test_a_customer_writes_mia_claims_and_answers_and_the_answer_is_read(browser: Browser, url: str) -> None:
    async with opened(browser, url) as screen:
        await screen.become_customer("Clara")
        await screen.write("My mug from order 4711 arrived broken, I want a refund.")
        await expect(screen.bubble("4711").get_by_label("Delivered")).to_be_visible()
        card = screen.card("Clara")
        await expect(card).to_contain_text("nobody yet")

        await screen.press(card, "Claim")
        await expect(card).to_contain_text("Mia")
        await screen.press(card, "Reply")
        await screen.modal.get_by_label("Your reply").fill("A new one is on its way, Clara.")
        await screen.press(screen.modal, "Send")
        await expect(screen.modal).to_have_count(0)

        await expect(screen.bubble("A new one is on its way")).to_be_visible()
        await card.locator(".replies").click()
        await expect(screen.thread).to_contain_text("A new one is on its way")
        await expect(screen.thread).to_contain_text("✓✓ read")


async def test_a_picture_in_a_reply_is_on_the_phone_and_what_whatsapp_takes_not_is_said_at_the_field(
    browser: Browser, url: str
) -> None:
    async with opened(browser, url) as screen:
        await screen.become_customer("Pia")
        await screen.write("I cannot find the label for my return of order 4719, please help.")
        card = screen.card("Pia")
        await screen.press(card, "Reply")
        await expect(screen.modal).to_contain_text("WhatsApp takes JPEG, PNG up to 5 MB")
        chooser = screen.modal.locator("input[type=file]")
        await chooser.set_input_files({"name": "label.zip", "mimeType": "application/zip", "buffer": b"PK"})
        await screen.modal.get_by_label("Your reply").fill("Print this.")
        await screen.press(screen.modal, "Send")
        await expect(screen.modal.locator(".error")).to_contain_text("label.zip cannot be sent")
        await expect(screen.modal.get_by_label("Your reply")).to_have_value("Print this.")

        await screen.modal.get_by_role("button", name="Remove label.zip").click()
        await chooser.set_input_files({"name": "label.png", "mimeType": "image/png", "buffer": a_picture("PNG")})
        await screen.press(screen.modal, "Send")
        await expect(screen.modal).to_have_count(0)
        received = screen.bubble("Print this.").locator("img")
        await expect(received).to_be_visible()
        assert await received.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
        await card.locator(".replies").click()
        await expect(screen.thread).to_contain_text("label.png")
        await expect(screen.thread.get_by_alt_text("label.png")).to_be_visible()


async def test_a_phone_that_is_put_away_gets_the_answer_but_does_not_read_it(browser: Browser, url: str) -> None:
    async with opened(browser, url) as screen:
        await screen.become_customer("Paula")
        await screen.write("Order 4712 never came, where is it?")
        card = screen.card("Paula")
        await screen.press(card, "Claim")
        await screen.phone.get_by_role("button", name="Put the phone away").click()
        await screen.press(card, "Reply")
        await screen.modal.get_by_label("Your reply").fill("It comes on Monday.")
        await screen.press(screen.modal, "Send")

        await expect(screen.phone.locator(".notification")).to_contain_text("It comes on Monday.")
        await card.locator(".replies").click()
        await expect(screen.thread).to_contain_text("✓✓ delivered")
        await screen.phone.get_by_role("button", name="Take the phone out again").click()
        await expect(screen.thread).to_contain_text("✓✓ read")


async def test_a_card_that_changes_between_press_and_release_does_not_swallow_the_click(
    browser: Browser, url: str
) -> None:
    async with opened(browser, url) as mia, opened(browser, url) as ben:
        await ben.become("Ben")
        await mia.become_customer("Olga")
        await mia.write("Order 4721 arrived without its charger, what now?")
        reply = mia.card("Olga").get_by_role("button", name="Reply", exact=True)
        await reply.hover()
        await mia.page.mouse.down()
        await ben.press(ben.card("Olga"), "Claim")
        await expect(ben.card("Olga")).to_contain_text("Take over")
        await mia.page.wait_for_function(_KNOWS, arg=["Olga", "Take over"])
        await expect(mia.card("Olga")).not_to_contain_text("Take over")
        await mia.page.mouse.up()

        await expect(mia.modal.get_by_label("Your reply")).to_be_focused()
        await expect(mia.card("Olga")).to_contain_text("Take over")
        await mia.page.keyboard.press("Escape")
        await expect(mia.modal).to_have_count(0)


async def test_what_mia_does_is_seen_by_ben_who_takes_over_after_he_was_asked(browser: Browser, url: str) -> None:
    async with opened(browser, url) as mia, opened(browser, url) as ben:
        await ben.become("Ben")
        await mia.become_customer("Tom")
        await mia.write("I was charged twice for order 4713.")
        await mia.press(mia.card("Tom"), "Claim")
        take_over = ben.card("Tom").get_by_role("button", name="Take over", exact=True)

        await take_over.click()
        await ben.page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
        await expect(ben.card("Tom")).to_contain_text("Mia")
        await take_over.click()
        await ben.page.get_by_role("dialog").get_by_role("button", name="Take over").click()

        await expect(mia.card("Tom").locator(".field").filter(has_text="Assignee")).to_contain_text("Ben")


async def test_a_stranger_is_told_privately_that_nothing_was_done(browser: Browser, url: str) -> None:
    async with opened(browser, url) as screen:
        await screen.become_customer("Sven")
        await screen.write("The lamp from order 4714 does not work, please help.")
        await screen.become("stranger")
        await screen.press(screen.card("Sven"), "Claim")
        refusal = screen.card("nothing was done")
        await expect(refusal).to_contain_text("Only visible to you")
        await screen.become("Mia")
        await expect(refusal).to_have_count(0)
        await expect(screen.card("Sven")).to_contain_text("nobody yet")


async def test_a_form_says_at_its_field_what_is_missing_and_keeps_what_was_typed(browser: Browser, url: str) -> None:
    async with opened(browser, url) as screen:
        await screen.become_customer("Erik")
        await screen.write("My parcel 4715 is damaged, I would like my money back.")
        card = screen.card("Erik")
        await screen.press(card, "Comment")
        field = screen.modal.locator("textarea")
        label = await screen.modal.locator("label").first.inner_text()
        assert await screen.cursor_when_drawn(screen.modal.locator("button[type=submit]"), ".modal .error") == label
        await expect(screen.modal.locator(".error")).to_be_visible()
        await expect(field).to_have_attribute("aria-invalid", "true")
        await expect(field).to_be_focused()

        await field.fill("Half a comm")
        await screen.become("Ben")
        await expect(screen.modal).to_have_count(0)
        await screen.become("Mia")
        await expect(field).to_have_value("Half a comm")
        await field.fill("A whole comment.")
        await screen.modal.locator("button[type=submit]").click()
        await expect(screen.modal).to_have_count(0)
        await card.locator(".replies").click()
        await expect(screen.thread).to_contain_text("A whole comment.")


# A form whose head comes anew with each update, as a block without an id does, and whose note is asked for from now on.
_DRAWN_ANEW = """
    async () => {
        const { el, keyed } = await import("/page/js/dom.js");
        const sheet = document.body.appendChild(el("div"));
        const draw = (key) => () => el("div", {}, el("textarea", { data: { focus: key } }));
        const part = (key, more = "") => ({ key, deps: [more], draw: draw(key) });
        keyed(sheet, [part("head 1"), part("status"), part("note")]);
        sheet.lastElementChild.firstElementChild.focus();
        keyed(sheet, [part("head 2"), part("status"), part("amount"), part("note", "required")]);
        const found = [[...sheet.children].map((each) => each.dataset.key), document.activeElement.dataset.focus];
        sheet.remove();
        return found;
    }
"""


async def test_who_writes_while_the_form_is_drawn_anew_keeps_the_cursor(browser: Browser, url: str) -> None:
    async with opened(browser, url) as screen:
        assert await screen.page.evaluate(_DRAWN_ANEW) == [["head 2", "status", "amount", "note"], "note"]


HOSTILE = (
    '<script>window.owned=1</script><img src=x onerror="window.owned=1"> '
    "<!channel> <https://evil.example|here> *b* &lt;i&gt;"
)


async def test_hostile_words_stay_words_on_both_sides(browser: Browser, url: str) -> None:
    async with opened(browser, url) as screen:
        await screen.become_customer("<b>Eve</b>")
        await screen.write(f"Order 4716 is broken, refund me! {HOSTILE}")
        await expect(screen.bubble("4716")).to_contain_text(HOSTILE)
        card = screen.card("Order 4716")
        await expect(card).to_contain_text("<b>Eve</b>")
        await card.locator(".replies").click()
        await expect(screen.thread.locator(".messages")).to_contain_text(HOSTILE)

        assert await screen.page.evaluate("window.owned") is None
        assert await screen.page.locator(":is(.messages, .chat) :is(script, img:not(.avatar), .broadcast)").count() == 0
        assert await screen.page.locator(".messages a").count() == 0


async def test_what_is_being_typed_survives_what_comes_meanwhile(browser: Browser, url: str, stage: Stage) -> None:
    async with opened(browser, url) as screen:
        field = screen.slack.get_by_label("Message", exact=True)
        await field.click()
        await screen.page.keyboard.type("I am just")
        uma = stage.customer("Uma Update")
        await stage.writes(uma, "My chair from order 4718 is broken, refund please.")
        await expect(screen.card("Uma Update")).to_be_visible()
        await screen.page.keyboard.type(" typing")
        await expect(field).to_have_value("I am just typing")
