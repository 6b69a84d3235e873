"""How a turn of a request may end before the request does."""

from __future__ import annotations


class Ended(Exception):
    """The request is over without a decision; what had to be said has been said. `offer`: what was offered in its
    place."""

    def __init__(self, offer: str | None = None) -> None:
        super().__init__(offer)
        self.offer = offer


class Elsewhere(Exception):
    """The words ask for another flow."""

    def __init__(self, flow: str) -> None:
        super().__init__(flow)
        self.flow = flow


class Rejected(Exception):
    """The customer wants something else now; Rasa's rules choose the form for it."""


class Asked(Exception):
    """A question has been put to the customer; the turn is over."""

    def __init__(self, slot: str) -> None:
        super().__init__(slot)
        self.slot = slot
