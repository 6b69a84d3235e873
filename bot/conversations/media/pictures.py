"""Drawing a picture anew, so that nothing but the picture is kept: no place, no owner, no hidden second file."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from PIL import Image, ImageOps

# Only the decoders that are needed: each further one is more code that a stranger's bytes can reach.
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "HEIF", "AVIF")
QUALITY = 87


class Unreadable(Exception):
    """The bytes are no picture, a damaged one, or one with more pixels than anybody needs."""


@dataclass(frozen=True)
class Picture:
    mime: str
    data: bytes
    width: int
    height: int


@cache
def _learn_heic() -> None:
    import pillow_heif

    pillow_heif.register_heif_opener(thumbnails=False)


def redraw(data: bytes) -> Picture:
    """The picture upright, at most `settings.MEDIA_SIDE` pixels wide or high, as JPEG, or PNG where parts of it are
    transparent. Of a moving picture the first frame is kept. Raises `Unreadable`."""
    _learn_heic()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=FORMATS) as opened:
                if opened.width * opened.height > settings.MEDIA_PIXELS:
                    raise Unreadable(f"{opened.width} × {opened.height} pixels")
                return _save(_bare(opened))
    except Unreadable:
        raise
    except Exception as error:  # a decoder fed with anything raises what it happens to stumble over
        raise Unreadable(type(error).__name__) from error


def _bare(opened: Image.Image) -> Image.Image:
    """Pixels alone: copied into a new picture that never had metadata."""
    opened.seek(0)
    upright = ImageOps.exif_transpose(opened)
    upright.thumbnail((settings.MEDIA_SIDE, settings.MEDIA_SIDE))
    drawn = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    bare = Image.new(drawn.mode, drawn.size)
    bare.paste(drawn)
    return bare


def _save(bare: Image.Image) -> Picture:
    written = io.BytesIO()
    if bare.mode == "RGBA":
        bare.save(written, "PNG", optimize=False)
        return Picture("image/png", written.getvalue(), *bare.size)
    bare.save(written, "JPEG", quality=QUALITY, progressive=True)
    return Picture("image/jpeg", written.getvalue(), *bare.size)
