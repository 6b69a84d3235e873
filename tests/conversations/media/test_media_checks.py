"""What we take, judged by its bytes alone."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.conversations.media.checks import ENDINGS, Refused, check, tidy
from tests.conversations.media.files import PLACE, bomb, mp4, pdf, photo, voice


def refused(data: bytes, name: str = "", claimed: str = "") -> str:
    with pytest.raises(Refused) as error:
        check(data, name, claimed)
    assert len(str(error.value)) > 40, "a refusal says what to do"
    return error.value.code


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF", "AVIF"])
def test_a_photo_is_drawn_anew_without_what_the_camera_wrote_into_it(kind: str) -> None:
    sent = photo(kind=kind)
    kept = check(sent, "IMG_1.HEIC", "")
    assert PLACE.encode() in sent
    assert (kept.kind, kept.mime, kept.name) == ("image", "image/jpeg", "IMG_1.jpg")
    picture = Image.open(io.BytesIO(kept.data))
    assert (picture.size, dict(picture.getexif())) == ((64, 48), {})
    assert PLACE.encode() not in kept.data and "Lucía".encode("utf-16-le") not in kept.data
    red, _, blue = picture.convert("RGB").getpixel((4, 4))
    assert red > 180 and blue < 80, "the left side stays red"


def test_a_photo_taken_sideways_is_turned_upright() -> None:
    kept = check(photo(orientation=6))
    assert (kept.width, kept.height) == (48, 64)


def test_what_hangs_behind_a_photo_is_cut_off() -> None:
    assert b"<script>" not in check(photo() + b"<script>alert(1)</script>PK\x03\x04").data


def test_a_large_photo_becomes_as_large_as_anybody_needs() -> None:
    assert max(check(photo(4000, 300)).width or 0, 1) == 2560


def test_a_transparent_picture_stays_so() -> None:
    written = io.BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(written, "PNG")
    kept = check(written.getvalue())
    assert kept.mime == "image/png" and Image.open(io.BytesIO(kept.data)).mode == "RGBA"


def test_a_picture_of_a_billion_pixels_is_refused_before_it_is_unfolded() -> None:
    assert refused(bomb()) == "broken"


def test_half_a_photo_is_refused() -> None:
    assert refused(photo(2000, 2000)[:9_000]) == "broken"


@pytest.mark.parametrize(
    "data, name, claimed, kind, mime, kept_as",
    [
        (voice(), "", "audio/ogg; codecs=opus", "audio", "audio/ogg", "file.ogg"),
        (mp4(), "nota.m4a", "audio/mp4", "audio", "audio/mp4", "nota.m4a"),
        (mp4(), "vídeo.mp4", "video/mp4", "video", "video/mp4", "vídeo.mp4"),
        (pdf(), "../../etc/ticket.exe", "application/octet-stream", "document", "application/pdf", "ticket.pdf"),
        ("Llegó así: roto.\n".encode(), "nota.txt", "text/plain", "document", "text/plain", "nota.txt"),
    ],
)  # fmt: skip
def test_other_files_are_kept_as_what_they_are(
    data: bytes, name: str, claimed: str, kind: str, mime: str, kept_as: str
) -> None:
    kept = check(data, name, claimed)
    assert (kept.kind, kept.mime, kept.name, kept.data) == (kind, mime, kept_as, data)


@pytest.mark.parametrize(
    "data, name, claimed, code",
    [
        (b"", "foto.jpg", "image/jpeg", "empty"),
        (b"MZ\x90\x00" + bytes(200), "foto.jpg", "image/jpeg", "unknown_type"),
        (b"PK\x03\x04" + bytes(200), "foto.jpg", "", "unknown_type"),
        (b"<html><script>alert(1)</script>", "foto.svg", "image/svg+xml", "unknown_type"),
        (b"<html><script>alert(1)</script>", "foto.html", "text/html", "unknown_type"),
        (pdf(), "foto.jpg", "image/jpeg", "wrong_type"),
        (photo(), "nota.ogg", "audio/ogg", "wrong_type"),
        (b"hola\x00\x01", "nota.txt", "text/plain", "unknown_type"),
        ("señal".encode("latin-1"), "nota.txt", "text/plain", "unknown_type"),
    ],
)
def test_what_is_not_what_it_says_is_refused(data: bytes, name: str, claimed: str, code: str) -> None:
    assert refused(data, name, claimed) == code


def test_the_limit_is_a_byte(settings: object) -> None:
    settings.MEDIA_BYTES = len(pdf())  # type: ignore[attr-defined]
    assert check(pdf()).mime == "application/pdf"
    assert refused(pdf() + b"\n") == "too_large"


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=600), st.sampled_from([b"", *(make()[:40] for make in (photo, voice, pdf, mp4))]), st.text())
def test_any_bytes_are_kept_or_refused_and_nothing_else(rest: bytes, start: bytes, name: str) -> None:
    for claimed in ("", "image/jpeg", "text/plain"):
        try:
            kept = check(start + rest, name, claimed)
        except Refused:
            continue
        assert kept.mime in ENDINGS and kept.name.endswith(ENDINGS[kept.mime])


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_a_name_is_only_a_name(name: str) -> None:
    kept = tidy(name, "image/jpeg")
    assert kept.endswith(".jpg") and 4 < len(kept) < 100
    assert not set(kept) & set('\\/:*?"<>|\x00\n\r\u202e')
