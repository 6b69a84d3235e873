"""What is asked of what: XQuAD and a public FAQ as articles of their own, and our own articles with our questions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from wagtail.models import Locale

from knowledge import articlefile
from knowledge.bench import Question
from knowledge.corpus import Article, Corpus, read_article
from knowledge.models import ArticlePage
from knowledge.ranking import Asked

ROOT = Path(__file__).resolve().parents[2]
ARTICLES = ROOT / "knowledge" / "articles"
OWN = ROOT / "tests" / "knowledge" / "questions.jsonl"
DAY = date(2026, 3, 2)
LANGUAGES = ("es", "en")


@dataclass(frozen=True)
class Case:
    """A question with the slugs that answer it, none where nothing does. What is tuned on one fold is tried on the
    other."""

    question: Question
    expect: frozenset[str]

    @property
    def asked(self) -> Asked:
        return self.question.asked


@dataclass(frozen=True)
class Collection:
    """`own`: the shop's articles, which are searched with what the shop has learnt from them."""

    name: str
    corpus: Corpus
    cases: tuple[Case, ...]
    own: bool = False


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def article(number: int, slug: str, language: str, **content: Any) -> Article:
    """An article that is on no page: split and read as a published one."""
    locale = Locale(pk=LANGUAGES.index(language) + 1, language_code=language)
    page = ArticlePage(pk=number, slug=slug, locale=locale, **content)
    return read_article(page, f"/{language}/{slug}/")


def corpus_of(articles: Sequence[Article]) -> Corpus:
    return Corpus.build(0, {one.page_id: one for one in articles})


def case(text: str, language: str, fold: int, expect: Sequence[str]) -> Case:
    asked = Asked.of(text, language, DAY)
    return Case(Question(asked, fold, expect[0] if expect else ""), frozenset(expect))


def xquad(folder: Path) -> list[Collection]:
    """Each paragraph an article. Folds are by the Wikipedia article: its paragraphs are tuned on, or tried."""
    texts = {language: lines(folder / f"{language}_docs.jsonl") for language in LANGUAGES}
    names = sorted({doc["title"] for doc in texts["es"]})
    fold = {doc["id"]: names.index(doc["title"]) % 2 for doc in texts["es"]}
    articles = {
        language: [
            article(
                place * 2 + LANGUAGES.index(language) + 1,
                f"p{doc['id']}",
                language,
                title=doc["title"].replace("_", " "),
                body=doc["text"].replace("\ufeff", ""),
            )
            for place, doc in enumerate(texts[language])
        ]
        for language in LANGUAGES
    }
    cases = {
        language: tuple(
            case(query["question"], language, fold[query["doc"]], [f"p{query['doc']}"])
            for query in lines(folder / f"{language}_queries.jsonl")
        )
        for language in LANGUAGES
    }
    mixed = [articles[LANGUAGES[place % 2]][place] for place in range(len(texts["es"]))]
    return [
        Collection("xquad-es-es", corpus_of(articles["es"]), cases["es"]),
        Collection("xquad-en-es", corpus_of(articles["es"]), cases["en"]),
        Collection("xquad-es-en", corpus_of(articles["en"]), cases["es"]),
        Collection("xquad-mixed", corpus_of(mixed), (*cases["es"], *cases["en"])),
    ]


def faq(folder: Path) -> list[Collection]:
    """Only the answers are indexed; the questions are asked."""
    pairs = {language: lines(folder / f"{language}.jsonl") for language in LANGUAGES}
    answers = corpus_of(
        [article(place + 1, pair["id"], "es", title="", body=pair["answer"]) for place, pair in enumerate(pairs["es"])]
    )

    def asked(language: str) -> tuple[Case, ...]:
        return tuple(case(p["question"], language, place % 2, [p["id"]]) for place, p in enumerate(pairs[language]))

    return [Collection("faq-es", answers, asked("es")), Collection("faq-en-es", answers, asked("en"))]


def own() -> list[Collection]:
    """The shop's articles with questions that nothing was learnt from; across languages only the others are indexed."""
    files = [articlefile.read(path) for path in sorted(ARTICLES.glob("*/*.md"))]
    articles = [
        article(
            place + 1,
            file.slug,
            file.language,
            title=file.title,
            questions="\n".join(file.questions),
            short_answer=file.answer,
            body=file.body,
            topic=file.topic,
            products=",".join(file.products),
        )
        for place, file in enumerate(files)
    ]
    everything = corpus_of(articles)
    questions = lines(OWN)

    def asked(language: str) -> tuple[Case, ...]:
        return tuple(case(q["text"], language, 0, q["expect"]) for q in questions if q["lang"] == language)

    across = {language: corpus_of([one for one in articles if one.language != language]) for language in LANGUAGES}
    return [
        *(Collection(f"own-{language}", everything, asked(language), own=True) for language in LANGUAGES),
        *(
            Collection(f"own-{language}-{other}", across[language], asked(language), own=True)
            for language, other in (("es", "en"), ("en", "es"))
        ),
    ]
