"""Django runs this at every start: a mistake in promises.yml is found before a customer waits by it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, register

from bot.desk.floor import promises
from bot.shop.marked_yaml import FileMistake


@register()
def promises_can_be_read(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    try:
        promises.read()
    except (FileMistake, OSError) as error:
        return [Error(str(error), hint="Correct bot/desk/floor/promises.yml.", id="postventa.E020")]
    return []
