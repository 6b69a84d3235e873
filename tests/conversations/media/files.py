"""Files as customers send them, and as they should not."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image

PLACE = "40.4168N 3.7038W"


def photo(width: int = 64, height: int = 48, kind: str = "JPEG", **options: object) -> bytes:
    """A photo, red on the left and blue on the right, with the place and the camera's owner written into it."""
    picture = Image.new("RGB", (width, height), "blue")
    picture.paste("red", (0, 0, width // 2, height))
    exif = Image.Exif()
    exif[0x010E] = PLACE
    exif[0x9C9D] = "Lucía Romero".encode("utf-16-le")
    exif[0x0112] = options.pop("orientation", 1)
    exif.get_ifd(0x8825)[2] = (40.0, 25.0, 0.48)
    written = io.BytesIO()
    picture.save(written, kind, exif=exif.tobytes(), **options)
    return written.getvalue()


def ogg_checksum(page: bytes) -> int:
    """Of a page whose own checksum is zero (RFC 3533)."""
    value = 0
    for byte in page:
        value ^= byte << 24
        for _ in range(8):
            value = ((value << 1) ^ (0x04C11DB7 if value & 0x80000000 else 0)) & 0xFFFFFFFF
    return value


def voice() -> bytes:
    """Two seconds of an Ogg file with Opus in it, as WhatsApp and Telegram record; what is heard is silence."""

    def page(kind: int, granule: int, number: int, packet: bytes) -> bytes:
        head = struct.pack("<4sBBqIIIB", b"OggS", 0, kind, granule, 7, number, 0, 1)
        page = head + bytes([len(packet)]) + packet
        return page[:22] + struct.pack("<I", ogg_checksum(page)) + page[26:]

    identification = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 312, 48_000, 0, 0)
    return page(2, 0, 0, identification) + page(0, 0, 1, b"OpusTags" + bytes(8)) + page(4, 96_312, 2, b"\xf8\xff\xfe")


def pdf() -> bytes:
    return b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def mp4() -> bytes:
    return b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + bytes(400)


def bomb(side: int = 30_000) -> bytes:
    """A PNG of a few kilobytes that calls itself `side` × `side` pixels."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(10_000))) + chunk(b"IEND", b"")
    )
