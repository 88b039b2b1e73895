"""What the shop knows when it opens, read once: its YAML takes longer to read than most of its tests take."""

from functools import cache

from examples.shop.seed import Seed, read


@cache  # nobody changes it: a shop makes books of its own from it
def seed() -> Seed:
    return read()
