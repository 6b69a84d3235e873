"""From a gap to a draft article: its wordings, and what an agent answered, filled in."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils.module_loading import import_string
from django.utils.text import slugify

from knowledge import remembered
from knowledge.index import KnowledgeUnavailable
from knowledge.masking import masked
from knowledge.models import SHORT_ANSWER_LIMIT, ArticlePage, Gap, HelpIndexPage, Topic
from knowledge.passages import SENTENCE_END
from knowledge.retriever import search

TITLE_LIMIT = 255
SLUG_LIMIT = 60
WORDINGS = 30
# Shorter than this an agent greets or asks; it is no answer.
ANSWER_LEAST = 25
HIDDEN = "[…]"
GREETING = re.compile(
    r"^(?:hola|buen[oa]s\s\w+|buenas|hi|hello|good\s(?:morning|afternoon|evening))\b[\s,]*(?:\[…\])?[\s,.!:]*",
    re.IGNORECASE,
)
QUESTION_WORDS = {
    "es": r"qué|cuál(?:es)?|cómo|cuándo|cuánt[oa]s?|dónde|quién|por qué|para qué|hay|puedo|se puede|tenéis|tienen|"
    r"hacéis|vendéis|enviáis|aceptáis|admitís|es|está|sirve|funciona|vale|necesito",
    "en": r"what|which|how|when|where|who|why|can|could|do|does|is|are|may|will",
}


def draft_from(gap: Gap, author: AbstractBaseUser) -> ArticlePage:
    """The draft article of a gap, made now or before. It is not published."""
    if gap.page is not None:
        return gap.page
    wordings = usable_wordings(gap)
    title = as_question(wordings[0], gap.language)
    start = agent_answer(gap)
    short, rest = parted(start)
    with transaction.atomic():
        parent = HelpIndexPage.objects.get(locale__language_code=gap.language)
        page = ArticlePage(
            title=title,
            slug=free_slug(parent, title),
            locale=parent.locale,
            live=False,
            owner=author,
            questions="\n".join(wording for wording in wordings if wording != title),
            short_answer=short,
            body=rest,
            topic=likely_topic(gap),
        )
        parent.add_child(instance=page)
        # A draft may lack its short answer still.
        page.save_revision(user=author, clean=False)
        Gap.objects.filter(pk=gap.pk).update(page=page, state=Gap.State.DRAFTED)
    return page


def usable_wordings(gap: Gap) -> list[str]:
    """The gap's wordings in its language, the most asked first; those with hidden parts only if there is no other."""
    found = [
        gap.question,
        *gap.questions.filter(language=gap.language).order_by("-count").values_list("text", flat=True),
    ]
    lines = list(dict.fromkeys(" ".join(text.split()) for text in found))
    whole = [line for line in lines if HIDDEN not in line]
    return (whole or [" ".join(line.replace(HIDDEN, "").split()) for line in lines])[:WORDINGS]


def as_question(text: str, language: str) -> str:
    """A wording as a title: capital letter, and question marks where it asks.

    >>> as_question("aceptáis criptomonedas", "es")
    '¿Aceptáis criptomonedas?'
    """
    text = text.strip(" ¿?¡!.")
    asks = re.match(rf"(?:{QUESTION_WORDS.get(language, QUESTION_WORDS['en'])})\b", text, re.IGNORECASE)
    text = text[:1].upper() + text[1 : TITLE_LIMIT - 2]
    if not asks:
        return text
    return f"¿{text}?" if language == "es" else f"{text}?"


def free_slug(parent: HelpIndexPage, title: str) -> str:
    base = slugify(title)[:SLUG_LIMIT].strip("-") or "articulo"
    taken = set(ArticlePage.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(
        slug for number in range(1, 10_000) if (slug := base if number == 1 else f"{base}-{number}") not in taken
    )


def parted(answer: str) -> tuple[str, str]:
    """(what fits into the short answer without cutting a sentence, the rest)."""
    answer = " ".join(answer.split())
    short = ""
    sentences = SENTENCE_END.split(answer) if answer else []
    while sentences and len(short) + len(sentences[0]) + 1 <= SHORT_ANSWER_LIMIT:
        short = f"{short} {sentences.pop(0)}".strip()
    return short, " ".join(sentences)


def agent_answer(gap: Gap) -> str:
    """What an agent wrote to one of the customers who asked it: the message nearest in meaning, masked; or empty.

    Conversations are none of this app's business: `settings.KNOWLEDGE_AGENT_ANSWERS` names a function that takes
    conversation names and returns the texts that agents wrote there after the gap.
    """
    source = getattr(settings, "KNOWLEDGE_AGENT_ANSWERS", "")
    if not source:
        return ""
    told: Callable[[Sequence[str]], list[str]] = import_string(source)
    names = [gap.conversation, *gap.questions.values_list("conversation", flat=True)]
    texts = [masked(text) for text in told(list(dict.fromkeys(filter(None, names))))]
    texts = [text for text in dict.fromkeys(texts) if len(text) >= ANSWER_LEAST and not text.rstrip().endswith("?")]
    if not texts:
        return ""
    matrix = remembered.compared([gap.question, *texts])
    best = GREETING.sub("", texts[int((matrix[1:] @ matrix[0]).argmax())])
    return best[:1].upper() + best[1:]


def likely_topic(gap: Gap) -> str:
    """The topic of the article that comes nearest, as a first guess."""
    try:
        found = search(gap.question, gap.language, limit=1).candidates
    except KnowledgeUnavailable:
        return str(Topic.PRODUCTS)
    return found[0].article.topic if found else str(Topic.PRODUCTS)
