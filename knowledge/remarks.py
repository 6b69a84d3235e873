"""What an editor should know about a text before customers read it: told after every save, never in the way of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from knowledge import links, rendering
from knowledge.models import ArticlePage

MARKUP = re.compile(
    r"<\s*/?\s*[a-z][^>]*>|\[[^\]]+\]\([^)]+\)|\*\*|^#{1,6}\s|^\|.*\|\s*$", re.IGNORECASE | re.MULTILINE
)
HTML = re.compile(r"<\s*/?\s*[a-z][^>]*>", re.IGNORECASE)
TABLE_LINE = re.compile(r"^\s*\|.*\|.*$")


def remarks(page: ArticlePage) -> list[str]:
    """Each thing that will not look or work as it was meant, in the words of the editor's language."""
    return [*in_short_answer(page), *in_body(page)]


def in_short_answer(page: ArticlePage) -> Iterator[str]:
    if MARKUP.search(page.short_answer):
        yield _("The short answer is plain text: customers see its HTML or Markdown as it is written.")


def in_body(page: ArticlePage) -> Iterator[str]:
    if HTML.search(page.body):
        yield _("HTML in the body is shown as text and never run. Write Markdown instead.")
    for line in broken_tables(page.body):
        yield _("Line %(line)s of the body looks like a table, but is none. A table needs a line | --- | --- | below "
                "its first one, and empty lines around it.") % {"line": line}  # fmt: skip
    for line in ragged_rows(page.body):
        yield _(
            "In line %(line)s of the body the table has more cells than columns; what is too much is not shown."
        ) % {"line": line}
    public = ArticlePage.objects.live().filter(locale=page.locale_id).values_list("slug", flat=True)
    for target in dict.fromkeys(links.broken(page, {*public, page.slug})):
        if rendering.PICTURE_LINK.match(target):
            yield _("The picture %(target)s is not in the library; customers see its description.") % {"target": target}
        else:
            yield _("The link %(target)s leads nowhere.") % {"target": target}


def broken_tables(markdown: str) -> list[int]:
    """The numbers of the lines where something written like a table begins that is none."""
    inside = {line for first, last in tables(markdown) for line in range(first, last)}
    lines = markdown.splitlines()
    loose = [number for number, line in enumerate(lines) if TABLE_LINE.match(line) and number not in inside]
    return [number + 1 for number in loose if number - 1 not in loose]


def ragged_rows(markdown: str) -> list[int]:
    """The numbers of the lines of tables that have more cells than the table has columns."""
    lines = markdown.splitlines()
    found = []
    for first, last in tables(markdown):
        width = cells(lines[first])
        found += [number + 1 for number in range(first + 2, min(last, len(lines))) if cells(lines[number]) > width]
    return found


def cells(line: str) -> int:
    return len(re.split(r"(?<!\\)\|", line.strip().strip("|")))


def tables(markdown: str) -> list[tuple[int, int]]:
    return [
        (token.map[0], token.map[1]) for token in rendering.parse(markdown) if token.type == "table_open" and token.map
    ]
