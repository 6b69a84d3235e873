"""Under which names one customer is found in what the parts of this system keep. Plain data, for every part to read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Person:
    """One customer of `bot.conversations` with everything that points to them.

    `customers`: that customer, and those that their identities began as. `addresses`: "channel:external id" of each
    identity. `talks`: ids of the conversations that are at one of them, as text. `references`: the shop's own ids that
    they have proven to be. `words`: names, phones and addresses as they may stand in a text.
    """

    customers: frozenset[int] = frozenset()
    identities: frozenset[int] = frozenset()
    addresses: frozenset[str] = frozenset()
    talks: frozenset[str] = frozenset()
    references: frozenset[str] = frozenset()
    words: frozenset[str] = field(default=frozenset(), repr=False)

    @property
    def names(self) -> frozenset[str]:
        """How outreach calls them: "shop:<reference>" or "customer:<id>"."""
        return frozenset([*(f"shop:{each}" for each in self.references), *(f"customer:{pk}" for pk in self.customers)])

    def as_json(self) -> dict[str, list[Any]]:
        return {name: sorted(values) for name, values in self._parts()}

    @classmethod
    def from_json(cls, told: dict[str, list[Any]]) -> Person:
        return cls(**{name: frozenset(told.get(name, ())) for name, _values in cls()._parts()})

    def _parts(self) -> Iterator[tuple[str, frozenset[Any]]]:
        for name in ("customers", "identities", "addresses", "talks", "references", "words"):
            yield name, getattr(self, name)
