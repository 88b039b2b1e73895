"""A working day that ends early says what was waited for and shows every screen: its log may be all that is left."""

from io import StringIO
from pathlib import Path

import pytest
from playwright.async_api import Browser
from playwright.async_api import TimeoutError as TooLate
from rich.console import Console

from day.failing import failure, pictures
from day.screens import Screen
from day.telling import print_day
from day.watch import Watch

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

_SHUT = "<button disabled data-note='[red]'>Send</button>"


async def test_its_last_lines_name_chapter_locator_place_and_the_picture_of_every_screen_left(
    browser: Browser, tmp_path: Path
) -> None:
    context = await browser.new_context()
    page, gone = await context.new_page(), await context.new_page()
    await page.set_content(_SHUT)
    page.set_default_timeout(300)
    watch = Watch()
    mia, ben = Screen(page, watch), Screen(gone, watch)
    with watch.chapter("Mia answers") as chapter:
        with pytest.raises(TooLate) as raised:
            await mia.click(page.get_by_role("button", name="Send"))
        await gone.close()
        chapter.failed = await pictures({"mia": mia, "ben": ben}, tmp_path, 1)
    await context.close()
    told = StringIO()
    print_day(Console(file=told, width=80), watch, failed=failure(raised.value), pictures=tmp_path)

    end = told.getvalue().splitlines()[-30:]
    start = end.index("The day ended early in chapter 1: Mia answers")
    assert end[start + 1] == "  TimeoutError: Locator.click: Timeout 300ms exceeded."
    words = "\n".join(end[start:])
    for each in ('get_by_role("button", name="Send")', 'data-note="[red]"', "element is not enabled"):
        assert each in words
    assert "  day/screens.py:" in words
    assert "in click: await what.click()" in words
    assert end[-1] == f"  {tmp_path / '01-failed-mia.png'}"
    assert (tmp_path / "01-failed-mia.png").stat().st_size > 1000


async def test_a_picture_that_cannot_be_kept_hides_no_failure(browser: Browser, tmp_path: Path) -> None:
    context = await browser.new_context()
    page = await context.new_page()
    await page.set_content(_SHUT)
    (taken := tmp_path / "pictures").write_text("a file, where a folder should be")
    assert await pictures({"mia": Screen(page, Watch())}, taken, 1) == []
    await context.close()
