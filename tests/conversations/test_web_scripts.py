"""The widget's two scripts, as a shop's page fetches them."""

from __future__ import annotations

import gzip
from typing import Any

import pytest


@pytest.mark.parametrize(("name", "most"), [("loader", 3_000), ("app", 25_000)])
def test_it_is_small_on_the_wire_and_the_same_unpacked(client: Any, name: str, most: int) -> None:
    packed = client.get(f"/web/{name}.js", headers={"accept-encoding": "gzip, br"})
    plain = client.get(f"/web/{name}.js")
    assert packed["Content-Encoding"] == "gzip" and 500 < len(packed.content) <= most
    assert gzip.decompress(packed.content) == plain.content and "Content-Encoding" not in plain
    assert packed["Content-Type"].startswith("text/javascript")
    assert "Accept-Encoding" in packed["Vary"] and packed["ETag"] != plain["ETag"]


@pytest.mark.parametrize("name", ["loader", "app"])
def test_an_unchanged_one_is_not_sent_again(client: Any, name: str) -> None:
    tag = client.get(f"/web/{name}.js")["ETag"]
    again = client.get(f"/web/{name}.js", headers={"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")


def test_any_shops_page_may_load_it(client: Any) -> None:
    answer = client.get("/web/app.js", headers={"origin": "https://www.shop.example"})
    assert answer["Access-Control-Allow-Origin"] == "*"
