"""A new model is handed to the running Rasa while customers write: nobody is turned away, nobody starts again."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.core.management import CommandError, call_command

from bot.dialogue.components.serve import noted
from tests.dialogue.engine import TOKEN, Rasa

RETURN = "quiero devolver una cafetera"


@pytest.fixture
def retrained(model: Path, tmp_path: Path) -> Path:
    """The same dialogue under another name, as after `make train`."""
    return Path(shutil.copy(model, tmp_path / "retrained.tar.gz"))


@pytest.fixture(autouse=True)
def this_rasa(rasa: Rasa, settings: Any) -> None:
    settings.RASA_URLS, settings.RASA_TOKEN = [rasa.server.url], TOKEN


def test_turns_go_on_through_a_swap(rasa: Rasa, lucia: str, model: Path, retrained: Path) -> None:
    rasa.ask(lucia, RETURN)
    with ThreadPoolExecutor(4) as customers:
        asked = [customers.submit(rasa.post, rasa.body(f"{lucia}-{number}", RETURN)) for number in range(6)]
        call_command("swap_model", str(retrained))
        asked += [customers.submit(rasa.post, rasa.body(f"{lucia}-{number}", RETURN)) for number in range(6, 10)]
        answers = [each.result() for each in asked]
    assert [answer.status_code for answer in answers] == [200] * 10
    assert httpx.get(f"{rasa.server.url}/health").json()["model"] == retrained.name
    assert rasa.ask(lucia, "LB-10401")["state"]["requested_slot"] == "reason", "Lucía's form goes on"
    call_command("swap_model", str(model))


def test_what_is_no_model_changes_nothing(rasa: Rasa, lucia: str, tmp_path: Path) -> None:
    broken = tmp_path / "broken.tar.gz"
    broken.write_bytes(b"not a model")
    with pytest.raises(CommandError, match="keeps its model: 400"):
        call_command("swap_model", str(broken))
    with pytest.raises(CommandError, match="There is no model"):
        call_command("swap_model", str(tmp_path / "nowhere.tar.gz"))
    assert rasa.ask(lucia, RETURN)["replies"]


def test_a_rasa_that_is_down_is_named(model: Path, settings: Any) -> None:
    settings.RASA_URLS = ["http://127.0.0.1:9"]
    with pytest.raises(CommandError, match="does not answer"):
        call_command("swap_model", str(model))


def test_a_restart_finds_the_model_that_was_trained_last(model: Path, tmp_path: Path) -> None:
    note = tmp_path / "model"
    assert noted(None) is None and noted(note) is None
    note.write_text(f"{model}\n")
    assert noted(note) == model
    note.write_text(str(tmp_path / "gone.tar.gz"))
    assert noted(note) is None
