"""The pictures of docs/images: taken, and made small, because everybody who clones the repository carries them."""

import io
from pathlib import Path

from PIL import Image
from playwright.async_api import Locator, Page

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
MOST = 200_000  # bytes of one


async def take(of: Page | Locator, name: str) -> None:
    """With 256 colours, which is what a page of ours has, and a third of the bytes."""
    with Image.open(io.BytesIO(await of.screenshot())) as whole:
        # Without the means, the rare colours of signs are lost: an orange dot gets brown.
        small = whole.convert("RGB").quantize(256, Image.Quantize.MEDIANCUT, kmeans=3, dither=Image.Dither.NONE)
    small.save(IMAGES / f"{name}.png", optimize=True)


def too_big() -> list[str]:
    """Names of those that nobody should carry."""
    return sorted(path.name for path in IMAGES.glob("*.png") if path.stat().st_size > MOST)
