"""`python -m day`: plays the day, prints what it took, leaves its pictures in var/day.

Exit code 1 if a chapter fails or a promise is broken, 2 without a browser.
"""

import argparse
import shutil
import sys
from pathlib import Path

import uvloop
from playwright.async_api import Browser, async_playwright
from rich.console import Console

from app.demo.command import log_to_file
from app.demo.simulator import simulated
from app.demo.stage import LOGS, Stage, staged
from app.demo.telling import Teller
from app.demo.waiting import DemoFailed
from app.playbooks import DEFAULT
from app.settings import HOME
from day.day import Day
from day.failing import Failure, failure
from day.screens import Agent, Phone, window
from day.story import CHAPTERS, morning
from day.telling import print_day
from day.watch import Watch

PICTURES = HOME / "var" / "day"
UNDO = 2.5  # seconds in which a reply can be undone; 5 by default
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
_CUSTOMERS = {"Clara": "+14155550123", "Tom": "+14155550145", "Nora": "+14155550167", "Paul": "+14155550189"}
_LENA = 7_000_000_042  # on Telegram


def browser_path() -> str | None:
    """The system's Chromium; None where there is none."""
    return next((found for name in _BROWSERS if (found := shutil.which(name))), None)


async def play(stage: Stage, watch: Watch, *, headed: bool, path: str, pictures: Path) -> None:
    """Raises AssertionError or playwright's errors at the first chapter whose effect does not come."""
    for name, number in _CUSTOMERS.items():
        stage.twilio.customer(number, name=name)
    stage.telegram.customer(_LENA, name="Lena")
    stage.mail.customer("dana@customer.example", name="Dana")
    stage.mail.customer("uwe@elsewhere.example", name="Uwe", proven=False)
    async with simulated(stage) as address, async_playwright() as driver:
        # Chromium's sandbox cannot work for root.
        browser = await driver.chromium.launch(
            executable_path=path, headless=not headed, chromium_sandbox=not _is_root()
        )
        try:
            await _chapters(browser, address, stage, watch, pictures)
        finally:
            await browser.close()


async def _chapters(browser: Browser, address: str, stage: Stage, watch: Watch, pictures: Path) -> None:
    windows = [await window(browser, address) for _ in range(4)]
    phone = Phone(windows[0], watch)
    mia, ben, sara = (Agent(page, watch, name) for page, name in zip(windows[1:], ("Mia", "Ben", "Sara"), strict=True))
    day = Day(stage, watch, phone, mia, ben, sara, pictures)
    await morning(day)
    for chapter in CHAPTERS:
        await chapter(day)


def _by_hand() -> Path:
    """The shop's playbook, as it is before somebody lets the AI work on returns."""
    text, alone = DEFAULT.read_text(encoding="utf-8"), "autonomy: act_alone"
    assert alone in text, f"{DEFAULT} says no more how far the AI goes"
    file = PICTURES / "by-hand.yaml"
    file.write_text(text.replace(alone, "autonomy: off"), encoding="utf-8")
    return file


def _is_root() -> bool:
    import os

    return hasattr(os, "geteuid") and os.geteuid() == 0


async def run(options: argparse.Namespace) -> int:
    console = Console(highlight=False)
    path = browser_path()
    if path is None:
        console.print("make day needs a browser: install Chromium (Debian, Ubuntu: apt install chromium).")
        return 2
    shutil.rmtree(PICTURES, ignore_errors=True)
    PICTURES.mkdir(parents=True)
    log_to_file()
    watch = Watch()
    failed: Failure | None = None
    teller = Teller()
    teller.headline(
        "A working day at the desk",
        "Seven customers, two agents, a supervisor; WhatsApp, Telegram, a mail server and Slack emulated, everything "
        "else real, in a real browser.",
    )
    try:
        async with staged(teller, undo=UNDO, survey=0.0, playbook=_by_hand()) as stage:
            await play(stage, watch, headed=options.headed, path=path, pictures=PICTURES)
    except DemoFailed as error:
        teller.failed(error, LOGS)
        failed = Failure((error.what,))
    except Exception as error:  # a chapter whose effect did not come: said, with pictures of every screen
        failed = failure(error)
        if options.debug:
            raise
    print_day(console, watch, failed=failed, pictures=PICTURES)
    return 1 if failed or not all(promise.kept for promise in watch.promises) else 0


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m day", description="A working day, through wire and browser.")
    parser.add_argument("--headed", action="store_true", help="show the browser")
    parser.add_argument("--debug", action="store_true", help="a failure with its traceback")
    sys.exit(uvloop.run(run(parser.parse_args())))


if __name__ == "__main__":
    main()
