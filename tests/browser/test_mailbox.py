"""A customer's mailbox on their phone, before a desk that answers as its mail server brings it."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from connectors.email.sending.page import page as desk_page
from emulators.mail import MailServer
from emulators.mail import running as running_mail
from emulators.simulator import Mailboxes, Simulator
from emulators.slack import Workspace
from emulators.twilio import Account, running
from emulators.waiting import until
from tests.browser.screen import opened

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

DESK = "support@shop.example"


@pytest_asyncio.fixture(loop_scope="module")
async def mail() -> AsyncIterator[MailServer]:
    async with running_mail(MailServer()) as server:
        yield server


@pytest_asyncio.fixture(loop_scope="module")
async def page(mail: MailServer) -> AsyncIterator[str]:
    workspace = Workspace(limits=False)
    workspace.add_user("ana", real_name="Ana")
    workspace.add_channel("desk")
    mailboxes = Mailboxes(mail, f"Shop <{DESK}>")
    async with (
        workspace.serve(),
        running(Account()) as account,
        Simulator(workspace, account, mail=mailboxes).serve() as served,
    ):
        yield served.url


async def test_write_read_the_answer_as_it_looks_and_answer_it(browser: Browser, page: str, mail: MailServer) -> None:
    came: list[bytes] = []

    async def keep(_sender: str, _recipient: str, content: bytes) -> None:
        came.append(content)

    mail.bring(DESK, keep)
    async with opened(browser, page) as screen:
        phone = screen.phone
        await phone.get_by_role("button", name="Add a customer").click()
        await screen.page.get_by_role("menuitem", name="On e-mail").click()
        await phone.get_by_label("Name of the new customer").fill("Dana")
        await screen.page.keyboard.press("Enter")
        await phone.get_by_role("button", name="New mail").click()
        await phone.get_by_role("button", name="Damaged item").click()
        await phone.get_by_role("button", name="Attach a file").click()
        await screen.page.get_by_role("menuitem", name="A sample picture").click()
        await phone.get_by_role("button", name="Send").click()
        await expect(phone.get_by_text("The desk's server has it")).to_be_visible()
        await expect(phone.locator(".thumb img")).to_be_visible()

        (dana,) = mail.customers
        html = desk_page("We are *sorry*.\n\n<script>document.body.textContent = 'run'</script>")
        head = f"From: Shop <{DESK}>\r\nSubject: Re: Broken mug\r\nIn-Reply-To: {dana.mails[0].id}\r\n"
        await dana.receive(DESK, "", f"{head}Content-Type: text/html\r\n\r\n{html}".encode())
        frame = phone.frame_locator("iframe.page")
        await expect(frame.get_by_text("sorry")).to_be_visible()
        await expect(frame.get_by_text("<script>")).to_be_visible()
        await until(lambda: dana.inbox[0].read, "the answer to be read")

        await phone.get_by_role("button", name="Reply").click()
        await phone.get_by_label("Your mail").fill("Thank you")
        await screen.page.keyboard.press("Control+Enter")
        await phone.get_by_role("button", name="Show what is quoted").click()
        await expect(phone.locator(".rest")).to_contain_text("wrote:")
        await until(lambda: len(came) == 2, "both at the desk")

        await phone.get_by_role("button", name="Back to the inbox").click()
        await phone.get_by_role("button", name="More about this mailbox").click()
        await screen.page.get_by_role("menuitem", name="Set an out-of-office reply").click()
        await expect(phone.get_by_text("The out-of-office reply is on.")).to_be_visible()
        assert dana.away


async def test_a_new_mail_has_the_cursor_as_it_appears_and_takes_it_from_nobody_later(
    browser: Browser, page: str, mail: MailServer
) -> None:
    mail.customer("uwe@elsewhere.example", name="Uwe")
    async with opened(browser, page) as screen:
        await screen.look_at("Uwe")
        new = screen.phone.get_by_role("button", name="New mail")
        assert await screen.cursor_when_drawn(new, ".composing:not([hidden])") == "Subject"


async def test_who_is_another_customer_by_the_time_a_mail_is_taken_sees_that_ones_mails(
    browser: Browser, page: str, mail: MailServer
) -> None:
    mail.customer("ann@customer.example", name="Ann")
    ole = mail.customer("ole@customer.example", name="Ole")
    arrived, taken = asyncio.Event(), asyncio.Event()

    async def keep(_sender: str, _recipient: str, _content: bytes) -> None:
        arrived.set()
        await taken.wait()

    mail.bring(DESK, keep)
    taken.set()
    await ole.write(DESK, "From Ole", "Hello")
    arrived.clear()
    taken.clear()
    async with opened(browser, page) as screen:
        phone = screen.phone
        await screen.look_at("Ann")
        await phone.get_by_role("button", name="New mail").click()
        await phone.get_by_label("Subject").fill("From Ann")
        await phone.get_by_label("Your mail").fill("Hello")
        await phone.get_by_role("button", name="Send").click()
        await arrived.wait()
        await screen.look_at("Ole")
        async with screen.page.expect_response("**/do/mail_write"):
            taken.set()
        await screen.look_at("Ann")
        await expect(phone.get_by_role("heading", name="From Ann")).to_be_visible()
        await screen.look_at("Ole")
        await expect(phone.get_by_text("Inbox", exact=True)).to_be_visible()
