"""A shop system behind a REST API: one client, one way to ask, errors that say what to do."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import httpx

from bot.shop.systems.base import ShopUnavailable

log = logging.getLogger(__name__)

TIMEOUT = httpx.Timeout(6.0, connect=3.0)


class RestShop:
    """Base of the three. A subclass has a `name`; `client` carries address and key and never appears in a log."""

    name = "rest"

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"

    def get(self, path: str, **params: str | int) -> Any:
        """The JSON of an answer; None for 404. Raises `ShopUnavailable`."""
        return self._ask(lambda: self._client.get(path, params=params), path)

    def post(self, path: str, body: Any) -> Any:
        """The same for a POST of JSON; it is never repeated."""
        return self._ask(lambda: self._client.post(path, json=body), path)

    def _ask(self, call: Callable[[], httpx.Response], path: str) -> Any:
        try:
            response = call()
        except httpx.HTTPError as error:
            raise ShopUnavailable(f"{self.name} did not answer {path}: {type(error).__name__}") from error
        if response.status_code == 404:
            return None
        if response.status_code in (401, 403):
            raise ShopUnavailable(
                f"{self.name} refused our key for {path} ({response.status_code}): see docs/shops.md for its rights"
            )
        if response.status_code >= 400:
            raise ShopUnavailable(f"{self.name} answered {response.status_code} to {path}")
        try:
            return response.json()
        except ValueError as error:
            raise ShopUnavailable(f"{self.name} answered something else than JSON to {path}") from error

    def read[T](self, reader: Callable[[Any], T], told: Any) -> T:
        """What `reader` makes of an answer; a shape that is not the published one raises `ShopUnavailable`."""
        try:
            return reader(told)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            raise ShopUnavailable(f"{self.name} told an order in a form that we do not know: {error!r}") from error
