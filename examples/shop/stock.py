"""What the shop sells, and how much of it lies in the warehouse."""

from collections.abc import Iterable, Sequence

from examples.shop.problems import Unknown
from examples.shop.values import Product


class Stock:
    def __init__(self, products: Iterable[Product]) -> None:
        self._products = {each.sku: each for each in products}

    def product(self, sku: str) -> Product:
        """Raises Unknown."""
        if (found := self._products.get(sku)) is None:
            raise Unknown("sku_unknown", f"The shop sells nothing under the SKU {sku[:40]!r}.")
        return found

    def all(self) -> Sequence[Product]:
        return tuple(self._products.values())
