"""docs/channels.md says what the code declares."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command

from bot.conversations.management.commands.channel_matrix import BEGIN, DOCUMENT, END, declared, matrix
from channels.registry import CHANNELS


def test_the_table_in_the_document_is_current() -> None:
    written = DOCUMENT.read_text(encoding="utf-8").split(BEGIN)[1].split(END)[0].strip()
    assert written == matrix().strip(), "run: .venv/bin/python manage.py channel_matrix --write"


def test_the_command_prints_a_column_for_every_channel() -> None:
    out = StringIO()
    call_command("channel_matrix", stdout=out)
    head = out.getvalue().splitlines()[0]
    assert head.count("|") == len(CHANNELS) + 2
    assert all(label in head for label, _build in CHANNELS.values())


@pytest.mark.parametrize("kind", CHANNELS)
def test_every_channel_declares_what_it_can(kind: str) -> None:
    assert declared(kind).max_text > 0
