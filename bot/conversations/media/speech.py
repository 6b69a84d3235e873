"""What a voice note says, heard by a model on this machine where one is configured.

`settings.TRANSCRIBER` is the dotted path of a function `(data, mime, language) -> text`; empty, nothing is heard and
the agent listens. No voice note leaves the machine by our doing.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Callable
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from bot.conversations.media.checks import Checked

log = logging.getLogger(__name__)

Transcriber = Callable[[bytes, str, str], str]
LONGEST = 4_000


def hear(checked: Checked, language: str) -> str:
    """The words of a sound file in `language`, or nothing: a note that cannot be heard is still there to be played."""
    if checked.kind != "audio" or not settings.TRANSCRIBER:
        return ""
    try:
        transcriber: Transcriber = import_string(settings.TRANSCRIBER)
        return transcriber(checked.data, checked.mime, language).replace("\x00", "").strip()[:LONGEST]
    except Exception:
        log.exception("A voice note could not be heard; see POSTVENTA_TRANSCRIBER (%s)", settings.TRANSCRIBER)
        return ""


def whisper(data: bytes, mime: str, language: str) -> str:
    """Hear with faster-whisper and the model in the folder POSTVENTA_WHISPER_MODEL, on the processor.

    The package is not among our requirements: `pip install faster-whisper` into the application's environment.
    """
    segments, _ = _model().transcribe(io.BytesIO(data), language=language, vad_filter=True)
    return " ".join(segment.text.strip() for segment in segments)


@cache
def _model() -> Any:
    from faster_whisper import WhisperModel

    return WhisperModel(settings.WHISPER_MODEL, device="cpu", compute_type="int8", local_files_only=True)
