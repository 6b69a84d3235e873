"""Pictures in articles: `![what it shows](pictures/name.jpg)` names an image of Wagtail's library by its file name.

In the Markdown files the same words lead to `<folder>/pictures/name.jpg`, so an article reads the same in both places.
"""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.core.files.images import ImageFile
from django.db.models import Q
from PIL import Image as PillowImage
from wagtail.images import get_image_model

from knowledge import corpus, passages, rendering
from knowledge.models import ArticlePage
from knowledge.rendering import PICTURE_LINK

logger = logging.getLogger(__name__)
FOLDER = "pictures"
# What readers get: wide enough for a phone held sideways, and never the camera's whole file.
SHOWN = "width-960"
# What every channel takes: WhatsApp knows JPEG and PNG only, up to 5 MB.
IN_CHAT = "width-1024|format-jpeg|jpegquality-80|bgcolor-ffffff"
SENT = 2
SECTION = re.compile(r"^(?=#{1,6}\s)", re.MULTILINE)


def name_of(target: str) -> str:
    match = PICTURE_LINK.match(target)
    return match[1] if match else ""


def by_names(names: Iterable[str]) -> dict[str, Any]:
    """The library's images by the name that articles use: their title, else their file's name; the newest of two."""
    wanted = set(filter(None, names))
    files = Q()
    for name in wanted:
        files |= Q(file__endswith=f"/{name}")
    if not wanted:
        return {}
    found: dict[str, Any] = {}
    images = list(get_image_model().objects.filter(Q(title__in=wanted) | files).order_by("pk"))
    for image in images:
        found[Path(image.file.name).name] = image
    return {name: image for name, image in {**found, **{i.title: i for i in images}}.items() if name in wanted}


def known_pictures(targets: Iterable[str]) -> set[str]:
    """Those targets whose picture exists in the library."""
    names = {target: name_of(target) for target in targets}
    held = by_names(names.values())
    return {target for target, name in names.items() if name in held}


def targets(markdown: str) -> list[str]:
    """The pictures of an article's body, in order, as they are written."""
    found = []
    for token in rendering.parse(markdown):
        for child in token.children or []:
            if child.type == "image" and PICTURE_LINK.match(str(child.attrGet("src") or "")):
                found.append(str(child.attrGet("src")))
    return list(dict.fromkeys(found))


def take_in(markdown: str, folder: Path) -> list[str]:
    """Puts the pictures that a file's article shows into the library, unless the same ones are there; names what is
    in neither, or no picture."""
    missing = []
    for target in targets(markdown):
        name = name_of(target)
        path = folder / FOLDER / name
        held = by_names([name]).get(name)
        if not path.is_file():
            if held is None:
                missing.append(target)
            continue
        content = path.read_bytes()
        if held is not None and same(held, content):
            continue
        file = ImageFile(io.BytesIO(content), name=name)
        if not readable(content):
            missing.append(target)
            continue
        get_image_model().objects.create(title=name, file=file, file_size=len(content))
    return missing


def readable(content: bytes) -> bool:
    """Whether it is a picture at all."""
    try:
        with PillowImage.open(io.BytesIO(content)) as picture:
            picture.verify()
    except (OSError, SyntaxError, ValueError):
        return False
    return True


def same(image: Any, content: bytes) -> bool:
    try:
        with image.open_file() as held:
            return bool(held.read() == content)
    except OSError:
        return False


def give_out(markdown: str, folder: Path) -> None:
    """Writes the pictures of an article's body into `<folder>/pictures/`."""
    for target in targets(markdown):
        name = name_of(target)
        image = by_names([name]).get(name)
        if image is None:
            logger.warning("the picture %s is in no library and was not exported", target)
            continue
        (folder / FOLDER).mkdir(parents=True, exist_ok=True)
        with image.open_file() as held:
            (folder / FOLDER / name).write_bytes(held.read())


def renditions(names: Iterable[str]) -> dict[str, tuple[str, int, int]]:
    """(address, width, height) of each picture as readers get it; a picture that cannot be read is left out."""
    found = {}
    for name, image in by_names(names).items():
        try:
            rendition = image.get_rendition(SHOWN)
        except Exception as error:
            # A dead file must not take the whole article with it.
            logger.warning("the picture %s cannot be shown: %s: %s", name, type(error).__name__, error)
            continue
        found[name] = (rendition.url, rendition.width, rendition.height)
    return found


def for_answer(slug: str, language: str, quoted: str) -> list[dict[str, str]]:
    """The pictures of the section that an answer quotes, as attachments: {kind, url, mime, name}, at most two.

    The address is absolute, because providers fetch it; `name` says what the picture shows.
    """
    known = corpus.current().by_slug.get(slug, ())
    pictured = [each.page_id for each in known if each.language == language and each.pictured]
    page = ArticlePage.objects.live().filter(pk=pictured[0]).first() if pictured else None
    if page is None:
        return []
    for section in SECTION.split(page.body):
        lines = {line for _heading, part in passages.body_parts(section) for line in part.lines}
        shown = list(described(section))
        if shown and lines & set(quoted.splitlines()):
            return [sent for name, words in shown[:SENT] if (sent := attachment(name, words))]
    return []


def described(markdown: str) -> Iterator[tuple[str, str]]:
    """(file name, what it shows) of each picture of the library."""
    for token in rendering.parse(markdown):
        for child in token.children or []:
            if child.type == "image" and (name := name_of(str(child.attrGet("src") or ""))):
                yield name, child.content


def attachment(name: str, words: str) -> dict[str, str] | None:
    image = by_names([name]).get(name)
    try:
        rendition = image.get_rendition(IN_CHAT) if image is not None else None
    except Exception as error:
        logger.warning("the picture %s cannot be sent: %s: %s", name, type(error).__name__, error)
        return None
    if rendition is None:
        return None
    address = urljoin(f"{settings.PUBLIC_BASE_URL}/", rendition.url)
    return {"kind": "image", "url": address, "mime": "image/jpeg", "name": words or name}
