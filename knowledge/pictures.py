"""Pictures in articles: `![what it shows](pictures/name.jpg)` names an image of Wagtail's library by its file name.

In the Markdown files the same words lead to `<folder>/pictures/name.jpg`, so an article reads the same in both places.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.db.models import Q
from wagtail.images import get_image_model

from knowledge import rendering
from knowledge.rendering import PICTURE_LINK

logger = logging.getLogger(__name__)
FOLDER = "pictures"
# What readers get: wide enough for a phone held sideways, and never the camera's whole file.
SHOWN = "width-960"


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
    missing in `<folder>/pictures/` and in the library."""
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
        image = get_image_model()(title=name)
        image.file.save(name, ContentFile(content), save=False)
        image.file_size = len(content)
        image.save()
    return missing


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
