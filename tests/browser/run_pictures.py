"""The pictures of what the AI does by itself: in the README, and in the docs about it."""

from playwright.async_api import Browser, expect

from tests.browser.images import take
from tests.browser.screen import opened, rest
from tests.browser.slack_pictures import as_app, pane, shoot


async def run_pictures(browser: Browser, url: str) -> None:
    """Clara has three orders in the shop: one of 89, one of 250, and one that came too long ago."""
    await _alone(browser, url)
    await _asks(browser, url)
    await _left(browser, url)


async def _alone(browser: Browser, url: str) -> None:
    """A small refund: nobody touches it."""
    async with opened(browser, url) as screen:
        await screen.look_at("Clara")
        await screen.write("I received a damaged item — order #78932. I'd like a refund.")
        card = screen.card("order 78932")
        await expect(card).to_contain_text("by the AI in")
        await expect(screen.bubble("is on its way")).to_be_visible()
        await card.locator(".replies").click()
        await expect(screen.thread).to_contain_text("Done by the AI")
        await expect(screen.thread).to_contain_text("delivered")
        await rest(screen)
        await take(screen.page, "simulator-run")


async def _asks(browser: Browser, url: str) -> None:
    """A large one: Sara decides about it in a direct message, and everybody can read how it went."""
    async with opened(browser, url, width=1240) as screen:
        await screen.page.set_viewport_size({"width": 1240, "height": 1000})
        await screen.look_at("Clara")
        await screen.write("And the grinder of order #78951 arrived damaged. I would like a refund, please.")
        card = screen.card("order 78951")
        await expect(card).to_contain_text("The AI waits for")
        await shoot(screen, card, "slack-run-card")
        await as_app(screen, "Sara")
        await pane(screen).get_by_role("tab", name="Messages").click()
        request = pane(screen).locator("article.message").last
        await expect(request).to_contain_text("Order refundable")
        await shoot(screen, request, "slack-run-request")
        await screen.press(request, "Approve")
        await expect(request).to_contain_text("approved")
    async with opened(browser, url, width=1240) as screen:
        await screen.page.set_viewport_size({"width": 1240, "height": 1400})
        await expect(screen.card("order 78951")).to_contain_text("Done by the AI")
        await screen.press(screen.card("order 78951"), "What the AI did")
        await expect(screen.modal).to_contain_text("What the rules looked at")
        await shoot(screen, screen.modal, "slack-run-story")
        await screen.page.keyboard.press("Escape")
        await expect(screen.modal).to_have_count(0)


async def _left(browser: Browser, url: str) -> None:
    """What policy refuses is with people; whoever has it may run an action of the desk by hand."""
    async with opened(browser, url, width=1240) as screen:
        await screen.look_at("Clara")
        await screen.write("My order #78120 arrived damaged, too. Please refund it.")
        card = screen.card("order 78120")
        await expect(card).to_contain_text("Handed to people")
        await shoot(screen, card, "slack-left")
        await screen.become("Mia")
        await screen.press(card, "Claim")
        await expect(card.get_by_role("button", name="Take over", exact=True)).to_be_visible()
        await screen.page.set_viewport_size({"width": 1240, "height": 1300})
        await screen.press(card, "More…")
        await screen.press(screen.modal, "Run an action…")
        await screen.modal.locator("select").first.select_option(label="✏️ Issue refund")
        await screen.modal.get_by_label("Order").fill("78120")
        await screen.modal.get_by_label("Amount").fill("20")
        await shoot(screen, screen.modal, "slack-action")
