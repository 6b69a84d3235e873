"""What docs/privacy.md says of tables and periods is what the code says."""

from __future__ import annotations

from bot.privacy.management.commands.privacy_tables import DOCUMENT, fates, periods, written


def test_the_tables_are_those_of_the_code() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert written(text) == text, "run manage.py privacy_tables --write"
    assert fates() in text and periods() in text


def test_every_period_says_why() -> None:
    rows = [line.strip("| ").split(" | ") for line in periods().splitlines()[2:]]
    assert len(rows) > 10
    assert [row[0] for row in rows if len(row) < 3 or not row[2]] == []
