"""Which words name which product, learnt from the articles themselves: nobody keeps a list of names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

# A word names a product when this share of the wordings that hold it belong to the product's own articles, and it is
# in at least this share of those articles' wordings.
PRECISION, COVERAGE = 0.5, 0.25


def product_words(wordings: Iterable[tuple[frozenset[str], Sequence[str]]]) -> dict[str, str]:
    """Stem → SKU, from (products of the article, stems) of every wording in one language."""
    everywhere: Counter[str] = Counter()
    of_product: dict[str, Counter[str]] = {}
    sizes: Counter[str] = Counter()
    for products, stems in wordings:
        everywhere.update(set(stems))
        if len(products) == 1:
            (sku,) = products
            of_product.setdefault(sku, Counter()).update(set(stems))
            sizes[sku] += 1
    return {
        stem: sku
        for sku, counts in of_product.items()
        for stem, count in counts.items()
        if not stem.isdigit() and count / everywhere[stem] >= PRECISION and count / sizes[sku] >= COVERAGE
    }
