"""The page itself: every kind of block, both looks, narrow screens; an update leaves alone what did not change."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any, Literal

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Route, expect

from emulators.simulator import Simulator
from emulators.slack import Channel, Workspace, modals, posting
from emulators.twilio import Account, running
from tests.browser.screen import opened

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def option(value: str) -> Json:
    return {"text": plain(value.title()), "value": value}


MENU = {
    "type": "static_select",
    "action_id": "menu",
    "option_groups": [{"label": plain("Some"), "options": [option("one"), option("two")]}],
}
MARKED = "*bold* _italic_ ~gone~ `code` 2*3*4 snake_case_name\n> quoted\n```fenced\n*so*```"
STYLES = {
    "strong": "bold",
    "em": "italic",
    "s": "gone",
    "code": "code",
    "blockquote": "quoted",
    "pre": "fenced\n*so*",
    ".broadcast": "@here",
}
BLOCKS: list[Json] = [
    {"type": "header", "text": plain("A &lt;header&gt;")},
    {"type": "section", "text": mrkdwn(MARKED)},
    {
        "type": "section",
        "fields": [mrkdwn("<https://example.com/a|a link>"), mrkdwn("<!date^1800000000^{date_num}|then>")],
    },
    {"type": "section", "text": mrkdwn("hello <!here> <javascript:alert(1)|no link>"), "accessory": MENU},
    {
        "type": "context",
        "elements": [{"type": "image", "image_url": "https://example.com/x.png", "alt_text": "a cat"}, mrkdwn("small")],
    },
    {"type": "divider"},
    {"type": "image", "image_url": "https://example.com/y.png", "alt_text": "a dog"},
    {
        "type": "actions",
        "elements": [
            {"type": "button", "action_id": "b", "text": plain("Go"), "style": "danger"},
            {"type": "overflow", "action_id": "o", "options": [option("first")]},
            {"type": "datepicker", "action_id": "d"},
            {"type": "users_select", "action_id": "u"},
        ],
    },
    {
        "type": "rich_text",
        "elements": [
            {
                "type": "rich_text_list",
                "style": "bullet",
                "elements": [
                    {
                        "type": "rich_text_section",
                        "elements": [{"type": "text", "text": "an item", "style": {"bold": True}}],
                    }
                ],
            }
        ],
    },
    {"type": "video", "title": plain("A film"), "alt_text": "x"},
]
INPUTS: list[Json] = [
    {"type": "plain_text_input", "action_id": "a", "multiline": True},
    {
        "type": "static_select",
        "action_id": "a",
        "options": [option("one"), option("two")],
        "initial_option": option("two"),
    },
    {"type": "external_select", "action_id": "a"},
    {
        "type": "checkboxes",
        "action_id": "a",
        "options": [option("one"), option("two")],
        "initial_options": [option("one")],
    },
    {"type": "radio_buttons", "action_id": "a", "options": [option("one"), option("two")]},
    {"type": "datepicker", "action_id": "a", "initial_date": "2026-11-22"},
    {"type": "timepicker", "action_id": "a"},
    {"type": "number_input", "action_id": "a", "is_decimal_allowed": False},
    {"type": "multi_static_select", "action_id": "a", "options": [option("one"), option("two")]},
    {"type": "multi_external_select", "action_id": "a", "initial_options": [option("one"), option("two")]},
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def scene(browser: Browser) -> AsyncIterator[tuple[Workspace, Channel, str]]:
    """A workspace without an application: its messages are put there by hand."""
    workspace = Workspace()
    workspace.add_user("ana", real_name="Ana")
    workspace.add_user("bob", real_name="Bob")
    channel = workspace.add_channel("support")
    async with workspace.serve(), running(Account()) as account, Simulator(workspace, account).serve() as served:
        account.customer("+14155550111", name="Carl")
        yield workspace, channel, served.url


def post(workspace: Workspace, channel: Channel, text: str, blocks: list[Json] | None = None) -> str:
    content = {
        "text": text,
        **({"blocks": [{"block_id": f"b{n}", **each} for n, each in enumerate(blocks)]} if blocks else {}),
    }
    message = posting.bot_message(workspace, content)
    channel.add(message)
    return str(message["ts"])


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_every_kind_of_block_is_drawn_in_both_looks(
    browser: Browser, scene: tuple[Workspace, Channel, str], theme: Literal["light", "dark"]
) -> None:
    workspace, channel, url = scene
    ts = post(workspace, channel, "all of it", BLOCKS)
    async with opened(browser, url, theme=theme) as screen:
        message = screen.page.locator(f"[data-key='{ts}']")
        assert await screen.page.locator("html").get_attribute("data-theme") == theme
        await expect(message.locator("h3")).to_have_text("A <header>")
        for tag, text in (
            ("strong", "bold"),
            ("em", "italic"),
            ("s", "gone"),
            ("code", "code"),
            ("blockquote", "quoted"),
            ("pre", "fenced\n*so*"),
            (".broadcast", "@here"),
        ):
            await expect(message.locator(f".section {tag}").first).to_have_text(text)
        await expect(message).to_contain_text("2*3*4 snake_case_name")
        await expect(message.locator("a")).to_have_count(1)
        await expect(message.locator("a")).to_have_attribute("rel", "noopener noreferrer")
        await expect(message.get_by_role("img", name="a dog")).to_be_visible()
        await expect(message.locator(".unsupported")).to_have_count(1)


async def test_every_input_can_be_filled_in_and_comes_back_as_typed(
    browser: Browser, scene: tuple[Workspace, Channel, str]
) -> None:
    workspace, _, url = scene
    ana = next(each for each in workspace.people.values() if each.name == "ana")
    blocks = [
        {"type": "input", "block_id": f"i{n}", "label": plain(f"Field {n}"), "optional": True, "element": each}
        for n, each in enumerate(INPUTS)
    ]
    view = modals.open_first(
        workspace, ana, {"type": "modal", "title": plain("All"), "submit": plain("Save"), "blocks": blocks}
    )
    async with opened(browser, url) as screen:
        await screen.modal.get_by_label("Field 0").fill("two\nlines")
        await screen.modal.get_by_label("Field 1").select_option("one")
        await screen.modal.get_by_role("group", name="Field 3").get_by_label("Two").check()
        await screen.modal.get_by_role("radiogroup", name="Field 4").get_by_label("One").check()
        await screen.modal.get_by_label("Field 6").fill("09:30")
        await screen.modal.get_by_role("button", name="Remove One").click()
        async with screen.page.expect_request("**/do/submit") as sent:
            await screen.modal.get_by_role("button", name="Save").click()
        values = json.loads((await sent.value).post_data or "")["values"]
        assert values == {
            "i0": {"a": "two\nlines"},
            "i1": {"a": "one"},
            "i3": {"a": ["one", "two"]},
            "i4": {"a": "one"},
            "i6": {"a": "09:30"},
            "i9": {"a": [option("two")]},
        }
        await expect(screen.modal.get_by_role("alert")).to_contain_text("trouble connecting")  # there is no application
    modals.forget(workspace, ana, [view])


async def test_the_look_can_be_chosen_and_stays_chosen(browser: Browser, scene: tuple[Workspace, Channel, str]) -> None:
    async with opened(browser, scene[2], theme="light") as screen:
        await screen.page.get_by_role("button", name="Light or dark").click()
        await screen.page.reload()
        await expect(screen.page.locator("html")).to_have_attribute("data-theme", "dark")


async def test_on_a_narrow_screen_phone_and_slack_are_tabs_and_nothing_sticks_out(
    browser: Browser, scene: tuple[Workspace, Channel, str]
) -> None:
    async with opened(browser, scene[2]) as screen:
        await screen.page.set_viewport_size({"width": 390, "height": 780})
        for side, shown, hidden in (("Slack", screen.slack, screen.phone), ("Phone", screen.phone, screen.slack)):
            await screen.page.get_by_role("tab", name=side).click()
            await expect(shown).to_be_visible()
            await expect(hidden).to_be_hidden()
            assert await screen.page.evaluate("document.documentElement.scrollWidth") == 390


async def test_of_two_hundred_messages_only_the_changed_one_is_drawn_again(
    browser: Browser, scene: tuple[Workspace, Channel, str]
) -> None:
    workspace, channel, url = scene
    stamps = [post(workspace, channel, f"message {n}", BLOCKS[:3]) for n in range(200)]
    async with opened(browser, url) as screen:
        await expect(screen.page.locator(f"[data-key='{stamps[-1]}']")).to_be_visible()
        await screen.page.evaluate("document.querySelectorAll('.message').forEach(each => each.old = true)")
        posting.change(workspace, channel, stamps[7], {"text": "changed", "blocks": None}, by=workspace.bot_user)
        last = post(workspace, channel, "one more")
        await expect(screen.page.locator(f"[data-key='{last}']")).to_be_visible()
        await expect(screen.page.locator(f"[data-key='{stamps[7]}']")).to_contain_text("changed")
        fresh = await screen.page.evaluate(
            "[...document.querySelectorAll('.message')].filter(each => !each.old).map(each => each.dataset.key)"
        )
        assert sorted(fresh) == sorted([stamps[7], last])


async def test_an_answer_to_what_was_typed_before_opens_no_list_over_what_was_chosen(
    browser: Browser, scene: tuple[Workspace, Channel, str]
) -> None:
    workspace, _, url = scene
    ana = next(each for each in workspace.people.values() if each.name == "ana")
    menu = {"type": "external_select", "action_id": "who", "min_query_length": 0}
    view = modals.open_first(
        workspace,
        ana,
        {
            "type": "modal",
            "title": plain("Assign"),
            "submit": plain("Save"),
            "blocks": [{"type": "input", "block_id": "who", "label": plain("Assign to"), "element": menu}],
        },
    )
    asked, chosen = asyncio.Event(), asyncio.Event()

    async def answer(route: Route) -> None:
        if json.loads(route.request.post_data or "")["typed"] == "":
            asked.set()
            await chosen.wait()
            await route.fulfill(json={"options": [option("anybody")]})
        else:
            await route.fulfill(json={"options": [option("ben")]})

    async with opened(browser, url) as screen:
        await screen.page.route("**/do/suggestions", answer)
        field, listed = screen.modal.get_by_label("Assign to"), screen.modal.get_by_role("listbox")
        await field.blur()
        await field.focus()
        await asked.wait()
        await field.fill("be")
        await listed.get_by_role("option", name="Ben").click()
        async with screen.page.expect_response("**/do/suggestions") as late:
            chosen.set()
        await (await late.value).finished()
        await screen.page.evaluate("() => new Promise(requestAnimationFrame)")
        await expect(listed).to_be_hidden()
        await expect(field).to_have_value("Ben")
    modals.forget(workspace, ana, [view])


# The second press of two comes before the page got round to the end of the first.
_DRAWN_WHILE_PRESSED = """
    async () => {
        const { onChange, redraw } = await import("/page/js/store.js");
        const frames = async () => { for (let n = 0; n < 3; n += 1) await new Promise(requestAnimationFrame); };
        let drawn = 0;
        onChange(() => { drawn += 1; });
        await frames();
        for (const each of ["pointerdown", "pointerup", "pointerdown"]) dispatchEvent(new Event(each));
        await frames();
        drawn = 0;
        redraw();
        await frames();
        const pressed = drawn;
        dispatchEvent(new Event("pointerup"));
        await frames();
        return [pressed, drawn];
    }
"""


async def test_nothing_is_drawn_under_the_second_of_two_quick_presses(
    browser: Browser, scene: tuple[Workspace, Channel, str]
) -> None:
    async with opened(browser, scene[2]) as screen:
        pressed, released = await screen.page.evaluate(_DRAWN_WHILE_PRESSED)
        assert (pressed, released > 0) == (0, True)
