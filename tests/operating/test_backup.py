"""A backup is worth what comes back from it."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connection
from django.test import AsyncClient

from bot.conversations.media import store
from bot.conversations.models import Conversation
from bot.dialogue.engine import standing_in
from bot.dialogue.scripted import ScriptedDialogue
from bot.operating.backup import backup
from bot.operating.places import MANIFEST, NotPossible, Places, configured
from bot.operating.restore import restore
from tests.conversations.people import Page

pytestmark = pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has pg_dump of its own")


@pytest.fixture
def places(transactional_db: None, tmp_path: Path) -> Places:
    """This test's shop, with Rasa's memory and an editor's picture beside it."""
    trackers, media = tmp_path / "rasa", tmp_path / "media"
    trackers.mkdir()
    (media / "original_images").mkdir(parents=True)
    (media / "original_images" / "filtro.png").write_bytes(b"a picture")
    ledger = sqlite3.connect(trackers / "trackers.sqlite3")
    ledger.executescript("PRAGMA journal_mode=WAL; CREATE TABLE turns (events TEXT); INSERT INTO turns VALUES ('[]');")
    ledger.close()
    return replace(configured(), media=media, trackers=trackers)


@pytest.fixture
def elsewhere(tmp_path: Path) -> Places:
    """An empty var."""
    there = tmp_path / "var"
    database = {"ENGINE": "django.db.backends.sqlite3", "NAME": there / "postventa.sqlite3"}
    return Places(database, there / "customers", there / "media", there / "rasa")


@pytest.fixture
def engine(transactional_db: None) -> Iterator[None]:
    with standing_in(ScriptedDialogue()):
        yield


async def test_what_comes_back_answers_the_same(
    engine: None, places: Places, elsewhere: Places, tmp_path: Path
) -> None:
    """Lucía's page and her file, asked of another process over the restored state."""
    page = await Page(AsyncClient()).open()
    await page.say("Mi cafetera no enciende")
    talk = await Conversation.objects.aget(pk=page.conversation)
    await sync_to_async(store.keep)(b"la factura", conversation=talk, name="factura.txt", claimed="text/plain")
    before = await page.read()
    await sync_to_async(backup)(tmp_path / "backup", places)
    await page.say("Esto vino después")

    there = elsewhere.customers.parent
    environment = {
        **os.environ, "POSTVENTA_VAR": str(there), "POSTVENTA_CUSTOMER_FILES": str(elsewhere.customers),
        "DATABASE_URL": "", "POSTVENTA_SANDBOX": "1", "POSTVENTA_ENV_FILE": "",
    }  # fmt: skip
    environment.pop("DATABASE_URL")
    done = await sync_to_async(_run)(["manage.py", "restore", str(tmp_path / "backup")], environment)
    assert "is back" in done
    asked = ["-m", "tests.operating.asked", page.token, str(talk.pk)]
    told = json.loads((await sync_to_async(_run)(asked, environment)).splitlines()[-1])

    assert told == {"status": 200, "read": before, "files": ["la factura"], "owner": "bot"}
    assert (there / "media" / "original_images" / "filtro.png").read_bytes() == b"a picture"
    remembered = sqlite3.connect(there / "rasa" / "trackers.sqlite3").execute("SELECT events FROM turns")
    assert remembered.fetchall() == [("[]",)]


def _run(arguments: list[str], environment: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, *arguments], cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True,
        timeout=280, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-3000:]
    return done.stdout


def test_it_holds_no_secret_and_nothing_for_others_eyes(places: Places, tmp_path: Path) -> None:
    manifest = backup(tmp_path / "backup", places)
    assert "database.sqlite3" in manifest["files"]
    assert not any("secret" in name or name.endswith(".env") for name in manifest["files"])
    assert (tmp_path / "backup").stat().st_mode & 0o077 == 0


def test_it_is_whole_or_not_there(places: Places, tmp_path: Path) -> None:
    backup(tmp_path / "backup", places)
    with pytest.raises(NotPossible, match="is there already"):
        backup(tmp_path / "backup", places)
    lost = replace(places, database={**places.database, "NAME": tmp_path / "nowhere.sqlite3"})
    with pytest.raises(sqlite3.OperationalError):
        backup(tmp_path / "another", lost)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["backup", "media", "rasa"]


def _damaged(folder: Path) -> str:
    (folder / "database.sqlite3").write_bytes(b"something else")
    return "damaged"


def _lost(folder: Path) -> str:
    (folder / MANIFEST).unlink()
    return "is no backup"


def _changed(folder: Path, **more: Any) -> None:
    manifest = json.loads((folder / MANIFEST).read_text())
    (folder / MANIFEST).write_text(json.dumps(manifest | more))


def _newer(folder: Path) -> str:
    _changed(folder, migrations=["conversations.9999_of_next_year"])
    return "of a newer release"


def _of_another_engine(folder: Path) -> str:
    _changed(folder, engine="postgresql")
    return "restore it where its own engine is set"


@pytest.mark.parametrize("spoil", [_damaged, _lost, _newer, _of_another_engine])
def test_what_cannot_be_brought_back_changes_nothing(
    places: Places, elsewhere: Places, tmp_path: Path, spoil: Any
) -> None:
    backup(tmp_path / "backup", places)
    with pytest.raises(NotPossible, match=f"(?i){spoil(tmp_path / 'backup')}"):
        restore(tmp_path / "backup", elsewhere)
    assert not elsewhere.customers.parent.exists()


def test_it_never_goes_over_a_shop_that_is_there(places: Places, elsewhere: Places, tmp_path: Path) -> None:
    backup(tmp_path / "backup", places)
    restore(tmp_path / "backup", elsewhere)
    with pytest.raises(NotPossible, match="not empty"):
        restore(tmp_path / "backup", elsewhere)
