"""A new shop is a copy of the template; an unfinished one is begun again. Here manage.py only takes notes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.local import shop
from deploy.local.console import Console
from deploy.local.layout import Layout
from deploy.local.trouble import Trouble

MANAGE = """
import os, sys
from pathlib import Path
var = Path(os.environ["POSTVENTA_VAR"])
with open("calls", "a") as calls:
    calls.write(" ".join([*sys.argv[1:], "in", var.name]) + "\\n")
if Path("broken").exists() and Path("broken").read_text() == sys.argv[1]:
    sys.exit("the pump is dry")
(var / "postventa.sqlite3").touch()
"""
CHROMA = """
import http.server, os, sys
os.makedirs(sys.argv[sys.argv.index("--path") + 1], exist_ok=True)
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/api/v2/heartbeat" else 404)
        self.end_headers()
port = int(sys.argv[sys.argv.index("--port") + 1])
http.server.HTTPServer(("127.0.0.1", port), Answer).serve_forever()
"""
ALL = ["migrate --no-input", "load_demo", "articles import", "demo_staff", "reindex"]


@pytest.fixture
def root(tmp_path: Path, executable: Callable[[Path, str], Path]) -> Path:
    root = tmp_path / "repository"
    for folder in ("requirements", "bot/shop/demo", "knowledge/articles/es", "var"):
        (root / folder).mkdir(parents=True)
    (root / "requirements" / "app.txt").write_text("django\n")
    (root / "knowledge" / "articles" / "es" / "garantia.md").write_text("Tres años.")
    (root / "manage.py").write_text(MANAGE)
    (root / "chroma.py").write_text(CHROMA)
    executable(root / ".venv" / "bin" / "python", f'exec {sys.executable} "$@"')
    executable(root / ".venv" / "bin" / "chroma", f'exec {sys.executable} {root / "chroma.py"} "$@"')
    return root


class Shops:
    def __init__(self, root: Path, console: Console) -> None:
        self.root = root
        self._console = console

    def prepare(self, name: str, **environ: str) -> list[str]:
        """Prepare the shop in var/<name>; the commands that it took."""
        calls = self.root / "calls"
        calls.unlink(missing_ok=True)
        layout = Layout.of(self.root / "shops" / name, {}, root=self.root)
        shop.prepare(layout, {"PATH": "/usr/bin:/bin", **environ}, self._console)
        assert shop.ready(layout, environ)
        return calls.read_text().splitlines() if calls.exists() else []

    def commands(self, name: str, **environ: str) -> list[str]:
        return [call.rpartition(" in ")[0] for call in self.prepare(name, **environ)]


@pytest.fixture
def shops(root: Path, console: Console) -> Shops:
    return Shops(root, console)


def test_the_first_makes_the_template_and_the_next_ones_are_copies(shops: Shops) -> None:
    assert shops.commands("ana") == ALL
    assert shops.commands("ana") == []
    assert shops.commands("bruno") == []
    assert (shops.root / "shops" / "bruno" / "postventa.sqlite3").exists()
    assert (shops.root / "shops" / "bruno" / "chroma").is_dir()
    ana, bruno = ((shops.root / "shops" / name / "secrets.env").read_text() for name in ("ana", "bruno"))
    assert ana != bruno
    assert list((shops.root / "var" / "template").glob("*/secrets.env")) == []


def test_the_repositorys_own_folder_may_hold_other_stamps_and_is_still_new(shops: Shops) -> None:
    translations = shops.root / "shops" / "ana" / "setup" / "translations"
    translations.parent.mkdir(parents=True)
    translations.touch()
    assert "migrate --no-input in ana" not in shops.prepare("ana")
    assert translations.exists()


def test_new_articles_are_imported_into_a_shop_that_exists(shops: Shops) -> None:
    shops.prepare("ana")
    (shops.root / "knowledge" / "articles" / "es" / "envio.md").write_text("Dos días.")
    assert shops.prepare("ana") == ["articles import in ana"]


def test_a_shop_without_stamps_is_not_overwritten(shops: Shops) -> None:
    database = shops.root / "shops" / "ana" / "postventa.sqlite3"
    database.parent.mkdir(parents=True)
    database.write_text("customers of years")
    assert shops.prepare("ana") == [f"{command} in ana" for command in ALL]
    assert database.read_text() == "customers of years"


def test_a_template_that_broke_off_goes_on_where_it_stopped(shops: Shops) -> None:
    (shops.root / "broken").write_text("demo_staff")
    with pytest.raises(Trouble, match="Accounts of the demo shop"):
        shops.prepare("ana")
    (shops.root / "broken").unlink()
    assert shops.commands("ana") == ["demo_staff", "reindex"]


def test_a_copy_that_broke_off_is_made_again(shops: Shops) -> None:
    shops.prepare("ana")
    half = shops.root / "shops" / "bruno"
    (half / "prepared").mkdir(parents=True)
    (half / ".copying").touch()
    (half / "postventa.sqlite3").write_text("half of it")
    assert shops.commands("bruno") == []
    assert (half / "postventa.sqlite3").read_text() == ""
    assert not (half / ".copying").exists()


def test_with_real_accounts_no_demo_accounts_are_made(shops: Shops) -> None:
    assert "demo_staff" not in shops.commands("ana", TELEGRAM_BOT_TOKEN="1:real")
    assert "demo_staff" in shops.commands("bruno", TELEGRAM_BOT_TOKEN="1:real", POSTVENTA_SANDBOX="1")
    assert "load_demo" not in shops.commands("carla", POSTVENTA_DEMO="0")


def test_a_database_elsewhere_is_prepared_where_it_is(shops: Shops) -> None:
    calls = shops.prepare("ana", DATABASE_URL="postgres://db/postventa")
    assert "migrate --no-input in ana" in calls
    assert not (shops.root / "var" / "template").exists()
