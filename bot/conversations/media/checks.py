"""Whether a file is one that we take, judged by its own bytes; pictures are drawn anew. Pure: no network, no disk."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Literal

import filetype
from django.conf import settings
from django.utils.translation import gettext as _

from bot.conversations.media import pictures

Code = Literal["empty", "too_large", "unknown_type", "wrong_type", "broken", "too_many", "gone"]

# What a file may turn out to be, by what its first bytes say, and what it is to us.
KINDS: Mapping[str, str] = {
    "image/jpeg": "image", "image/png": "image", "image/apng": "image", "image/webp": "image", "image/gif": "image",
    "image/heic": "image", "image/avif": "image",
    "audio/ogg": "audio", "audio/mpeg": "audio", "audio/mp4": "audio", "audio/aac": "audio", "audio/amr": "audio",
    "audio/x-wav": "audio",
    "video/mp4": "video", "video/x-m4v": "video", "video/quicktime": "video", "video/3gpp": "video",
    "video/webm": "video", "application/pdf": "document", "text/plain": "document",
}  # fmt: skip
# One box for sound and for pictures that move: here what the sender called it decides.
AS_AUDIO: Mapping[str, str] = {"video/mp4": "audio/mp4", "video/webm": "audio/webm", "video/3gpp": "audio/3gpp"}
ENDINGS: Mapping[str, str] = {
    "image/jpeg": ".jpg", "image/png": ".png", "audio/ogg": ".ogg", "audio/mpeg": ".mp3", "audio/mp4": ".m4a",
    "audio/aac": ".aac", "audio/amr": ".amr", "audio/x-wav": ".wav", "audio/webm": ".webm", "audio/3gpp": ".3gp",
    "video/mp4": ".mp4", "video/x-m4v": ".m4v", "video/quicktime": ".mov", "video/3gpp": ".3gp",
    "video/webm": ".webm", "application/pdf": ".pdf", "text/plain": ".txt",
}  # fmt: skip
LOOSE = {"", "application/octet-stream", "binary/octet-stream"}
NOT_TEXT = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
UNSAFE_IN_NAMES = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\\/:*?\"<>|]+")


class Refused(Exception):
    """A file that we do not take. The text tells the customer what was wrong and what to send instead, in the
    language that is active."""

    def __init__(self, code: Code, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Checked:
    """What is to be kept; `width` and `height` in pixels, for pictures only."""

    kind: str
    mime: str
    name: str
    data: bytes
    width: int | None = None
    height: int | None = None


def limit() -> int:
    """The most bytes that a file may have."""
    return int(settings.MEDIA_BYTES)


def megabytes() -> int:
    return limit() // 1_000_000


def check(data: bytes, name: str = "", claimed: str = "") -> Checked:
    """Say what `data` is, and give what to keep of it; raises `Refused`.

    `name` and `claimed` (a media type) are the sender's and decide nothing alone: a file that calls itself a picture
    and is none is refused.
    """
    claimed = claimed.partition(";")[0].strip().lower()
    if not data:
        raise Refused("empty", _("The file is empty: nothing arrived of it. Send it again."))
    if len(data) > limit():
        raise too_large()
    mime = _by_bytes(data, claimed, name)
    kind = KINDS.get(mime) or mime.partition("/")[0]
    _compare(claimed, kind)
    if kind == "image":
        try:
            picture = pictures.redraw(data)
        except pictures.Unreadable as error:
            raise Refused("broken", _("The picture cannot be opened: it is damaged or far too large in pixels. "
                                      "Take it again and send it as JPEG or PNG.")) from error  # fmt: skip
        return Checked(kind, picture.mime, tidy(name, picture.mime), picture.data, picture.width, picture.height)
    return Checked(kind, mime, tidy(name, mime), data)


def too_large() -> Refused:
    return Refused(
        "too_large",
        _("The file is larger than %(megabytes)s MB. Send a smaller one, such as a photo instead of a video.")
        % {"megabytes": megabytes()},
    )


def _by_bytes(data: bytes, claimed: str, name: str) -> str:
    found = filetype.guess(data)
    mime = str(found.mime) if found else ""
    if claimed.startswith("audio/") and mime in AS_AUDIO:
        return AS_AUDIO[mime]
    if not mime and _is_text(data, claimed, name):
        return "text/plain"
    if mime not in KINDS:
        raise Refused(
            "unknown_type",
            _("We cannot open this kind of file. Send a photo (JPEG, PNG, WebP, HEIC), a PDF, a plain text, a voice "
              "note or a video (MP4)."),
        )  # fmt: skip
    return mime


def _is_text(data: bytes, claimed: str, name: str) -> bool:
    """Plain text has no mark of its own: it has to be called so, and to be nothing but characters."""
    if not (claimed == "text/plain" or (claimed in LOOSE and PurePath(name).suffix.lower() == ".txt")):
        return False
    try:
        return not NOT_TEXT.search(data.decode("utf-8"))
    except UnicodeDecodeError:
        return False


def _compare(claimed: str, kind: str) -> None:
    family = claimed.partition("/")[0]
    if family in ("image", "audio", "video") and family != kind:
        raise Refused(
            "wrong_type",
            _("The file calls itself one thing and is another inside. Send the original, without renaming it."),
        )


def tidy(name: str, mime: str) -> str:
    """A file name that is only a name, with the ending of what the file really is."""
    stem = UNSAFE_IN_NAMES.sub(" ", PurePath(name.replace("\\", "/")).name)
    stem = PurePath(stem.strip().strip(".")).stem.strip() or "file"
    return stem[:80] + ENDINGS.get(mime, ".bin")
