"""An article as a Markdown file with YAML front matter, in and out without loss.

The front matter holds `title`, `questions` (list), `answer`, `topic`, `products` (list of SKUs), `valid_from` and
`valid_until` (a day or null). The file's name is the slug, its folder the language.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import frontmatter
import yaml

from knowledge.models import SHORT_ANSWER_LIMIT, ArticlePage, Topic

KEYS = ("title", "questions", "answer", "topic", "products", "valid_from", "valid_until")


class ArticleFileError(ValueError):
    """The file is not an article. The message names the file, what is wrong in it and what to write instead."""


@dataclass(frozen=True)
class ArticleFile:
    """The content of one article in one language, free of Wagtail."""

    slug: str
    language: str
    title: str
    questions: tuple[str, ...]
    answer: str
    topic: str
    products: tuple[str, ...]
    valid_from: date | None
    valid_until: date | None
    body: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the content; formatting of the file does not count."""
        content = json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, default=str)
        return hashlib.sha256(content.encode()).hexdigest()


def read(path: Path) -> ArticleFile:
    """Reads `<language>/<slug>.md`. Raises ArticleFileError."""
    try:
        post = frontmatter.loads(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ArticleFileError(f"{path}: the front matter is not YAML: {error}. Quote texts with ': '.") from error
    data: dict[str, Any] = post.metadata
    if unknown := set(data) - set(KEYS):
        raise ArticleFileError(f"{path}: unknown keys {sorted(unknown)}; the keys are {', '.join(KEYS)}.")
    title, answer = one_line(data.get("title")), one_line(data.get("answer"))
    if not title or not answer:
        raise ArticleFileError(f"{path}: `title` or `answer` is missing; both are needed in the front matter.")
    if len(title) > 255 or len(answer) > SHORT_ANSWER_LIMIT:
        raise ArticleFileError(
            f"{path}: `title` has {len(title)} characters (at most 255), `answer` {len(answer)} "
            f"(at most {SHORT_ANSWER_LIMIT}); move details into the body."
        )
    topic = str(data.get("topic") or "")
    if topic not in Topic.values:
        raise ArticleFileError(f"{path}: topic {topic!r} is unknown; use one of {', '.join(Topic.values)}.")
    return ArticleFile(
        slug=path.stem,
        language=path.parent.name,
        title=title,
        questions=texts(path, "questions", data.get("questions")),
        answer=answer,
        topic=topic,
        products=texts(path, "products", data.get("products")),
        valid_from=day(path, "valid_from", data.get("valid_from")),
        valid_until=day(path, "valid_until", data.get("valid_until")),
        body=tidy(post.content),
    )


def one_line(value: object) -> str:
    return " ".join(str(value).split()) if value is not None else ""


def tidy(body: str) -> str:
    """One kind of line end, no blank lines around. An editor's form sends CRLF."""
    return body.replace("\r\n", "\n").strip()


def texts(path: Path, key: str, value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or any(isinstance(item, (dict, list)) for item in value):
        raise ArticleFileError(f"{path}: `{key}` must be a list of texts; quote a text that contains ': '.")
    return tuple(filter(None, (one_line(item) for item in value)))


def day(path: Path, key: str, value: object) -> date | None:
    if value is None or isinstance(value, date):
        return value
    raise ArticleFileError(f"{path}: `{key}` is {value!r}; write a day as 2026-01-31, or null.")


def from_page(page: ArticlePage) -> ArticleFile:
    """The content of a page, for comparing it with a file and for exporting it."""
    return ArticleFile(
        slug=page.slug,
        language=page.locale.language_code,
        title=one_line(page.title),
        questions=tuple(one_line(wording) for wording in page.wordings),
        answer=one_line(page.short_answer),
        topic=page.topic,
        products=page.skus,
        valid_from=page.valid_from,
        valid_until=page.valid_until,
        body=tidy(page.body),
    )


def write(article: ArticleFile, folder: Path) -> Path:
    """Writes `<folder>/<language>/<slug>.md` and returns its path."""
    path = folder / article.language / f"{article.slug}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(dump(article), encoding="utf-8")
    return path


def dump(article: ArticleFile) -> str:
    values = (
        article.title,
        list(article.questions),
        article.answer,
        article.topic,
        list(article.products),
        article.valid_from,
        article.valid_until,
    )
    header = yaml.safe_dump(
        dict(zip(KEYS, values, strict=True)), allow_unicode=True, sort_keys=False, width=100, default_flow_style=None
    )
    return f"---\n{header}---\n{article.body}\n"
