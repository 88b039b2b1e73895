"""The browser these tests run in: the system's own, so that nothing is downloaded."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, async_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = f"no Chromium was found (looked for {', '.join(NAMES)}); on Debian and Ubuntu: apt install chromium"


def path() -> str | None:
    return next((found for name in NAMES if (found := shutil.which(name)) is not None), None)


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Raises RuntimeError when there is none."""
    executable = path()
    if executable is None:
        raise RuntimeError(MISSING)
    # Chromium's sandbox does not work for root; everything it opens here is ours.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable, args=arguments)
        try:
            yield browser
        finally:
            await browser.close()
