"""The canned replies that the demo shop starts with."""

from __future__ import annotations

from pathlib import Path

import yaml

from bot.desk.tools.models import Canned

PATH = Path(__file__).with_name("demo.yml")


def demo_replies() -> None:
    """Add those that are missing; what a supervisor changed stays."""
    for shortcut, texts in yaml.safe_load(PATH.read_text(encoding="utf-8")).items():
        Canned.objects.get_or_create(shortcut=shortcut, defaults=texts)
