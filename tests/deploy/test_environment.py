"""What the processes find in their environment."""

from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.local import environment, ports
from deploy.local.layout import ROOT, Layout
from deploy.local.trouble import Trouble

PORTS = ports.Ports(web=8010, rasa=8011, actions=8012, chroma=8013)


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout.of(tmp_path / "var", {}, root=tmp_path)


def test_secrets_are_made_once_and_for_the_owner_only(layout: Layout) -> None:
    first = environment.own_secrets(layout)
    assert set(first) == set(environment.SECRETS)
    assert all(len(value) > 40 for value in first.values())
    assert len(set(first.values())) == len(first)
    assert stat.S_IMODE(layout.secrets.stat().st_mode) == 0o600
    assert environment.own_secrets(layout) == first


def test_a_secret_that_is_missing_is_added_and_the_others_stay(layout: Layout) -> None:
    first = environment.own_secrets(layout)
    kept = f"POSTVENTA_SECRET_KEY={first['POSTVENTA_SECRET_KEY']}\n"
    layout.secrets.write_text(kept)
    second = environment.own_secrets(layout)
    assert second["POSTVENTA_SECRET_KEY"] == first["POSTVENTA_SECRET_KEY"]
    assert second["POSTVENTA_RASA_TOKEN"] != first["POSTVENTA_RASA_TOKEN"]


def test_the_processes_are_told_where_the_others_are(layout: Layout) -> None:
    env = environment.for_shop(layout, PORTS, {"PATH": "/bin"})
    assert env["POSTVENTA_PUBLIC_URL"] == "http://127.0.0.1:8010"
    assert env["RASA_URL"] == "http://127.0.0.1:8011"
    assert env["POSTVENTA_ACTIONS_URL"] == "http://127.0.0.1:8012/webhook"
    assert env["CHROMA_URL"] == "http://127.0.0.1:8013"
    assert env["OMP_NUM_THREADS"] == "1"
    assert env["POSTVENTA_VAR"] == str(layout.var)
    assert env["PATH"] == "/bin"


def test_env_file_wins_over_what_is_made_and_the_environment_over_both(layout: Layout) -> None:
    (layout.root / ".env").write_text("POSTVENTA_RASA_TOKEN=from-file\nPOSTVENTA_SECRET_KEY=from-file\n")
    known = environment.settings(layout, {"POSTVENTA_SECRET_KEY": "from-environment"})
    env = environment.for_shop(layout, PORTS, known)
    assert env["POSTVENTA_RASA_TOKEN"] == "from-file"
    assert env["POSTVENTA_SECRET_KEY"] == "from-environment"
    assert len(env["POSTVENTA_ACTIONS_TOKEN"]) > 40


def test_a_public_address_is_an_allowed_host(layout: Layout) -> None:
    env = environment.for_shop(layout, PORTS, {"POSTVENTA_PUBLIC_URL": "https://ayuda.example.com"})
    assert "ayuda.example.com" in env["POSTVENTA_ALLOWED_HOSTS"].split(",")


def test_another_pythons_folders_are_not_handed_on(layout: Layout) -> None:
    env = environment.for_shop(layout, PORTS, {"PYTHONPATH": "/other", "VIRTUAL_ENV": "/other"})
    assert "PYTHONPATH" not in env
    assert "VIRTUAL_ENV" not in env


def test_compiled_libraries_are_kept_for_the_next_start(layout: Layout) -> None:
    assert "PYTHONDONTWRITEBYTECODE" not in environment.for_shop(layout, PORTS, {"PYTHONDONTWRITEBYTECODE": "1"})


def test_a_proxy_is_not_asked_for_this_machine(layout: Layout) -> None:
    env = environment.for_shop(layout, PORTS, {"https_proxy": "http://proxy:3128", "no_proxy": "intranet"})
    assert env["no_proxy"] == "intranet,127.0.0.1,localhost"


def test_tests_get_no_real_account(layout: Layout) -> None:
    (layout.root / ".env").write_text("TELEGRAM_BOT_TOKEN=1:real\n")
    apart = environment.apart(
        {"TWILIO_AUTH_TOKEN": "real", "DATABASE_URL": "postgres://", "HOME": "/h"}, "DATABASE_URL"
    )
    assert environment.settings(layout, apart) == {"HOME": "/h", "POSTVENTA_ENV_FILE": ""}


def test_env_file_forms(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text(
        "# a comment\n\nexport A=1\nB = two words \nC='it # is $literal'\n"
        'D="quoted" # why\nE=plain # why\nF=\nG=a=b#c\n',
        encoding="utf-8",
    )
    assert environment.read_env_file(file) == {
        "A": "1",
        "B": "two words",
        "C": "it # is $literal",
        "D": "quoted",
        "E": "plain",
        "F": "",
        "G": "a=b#c",
    }
    assert environment.read_env_file(tmp_path / "none") == {}


def test_a_line_that_is_none_is_named_but_not_shown(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("A=1\nsecret-without-a-name\n")
    with pytest.raises(Trouble) as caught:
        environment.read_env_file(file)
    assert "line 2" in caught.value.message
    assert "secret-without" not in caught.value.text()


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"]), max_size=60))
def test_whatever_stands_in_single_quotes_is_taken_literally(text: str) -> None:
    value = text.replace("'", "")
    assert environment._unquoted(f"'{value}'") == value


def test_the_example_names_every_variable_that_is_read() -> None:
    read = re.compile(r'(?:\benv(?:_flag|_list)?|environ\.get|environ)[(\[]\s*"([A-Z][A-Z0-9_]+)"')
    ours = re.compile(r"POSTVENTA_|TWILIO_|TELEGRAM_|KNOWLEDGE_|[A-Z]+_URL$")
    names = {
        name
        for top in ("actions", "bot", "channels", "deploy", "knowledge")
        for path in (ROOT / top).rglob("*.py")
        for name in read.findall(path.read_text(encoding="utf-8"))
        if ours.match(name)
    }
    told = set(re.findall(r"^#([A-Z][A-Z0-9_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))
    assert len(names) > 20
    assert names - told == set()
