"""`said(words)`: the conversations with a line in which all of these words stand, accents and case aside.

SQLite answers from an FTS5 table, PostgreSQL from its own full text search; `install` makes what each needs.
"""

from __future__ import annotations

import re

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from bot.conversations.models import Conversation
from bot.desk.search import postgresql, sqlite

WORD = re.compile(r"\w+")
MOST_WORDS = 12


def words_of(text: str) -> list[str]:
    """The words of a query as both databases see them: letters and figures only, so that none is an operator."""
    return WORD.findall(text.replace("_", " "))[:MOST_WORDS]


def said(text: str) -> QuerySet[Conversation]:
    """Conversations with a line that holds every word of `text`; the last one may be the beginning of a word."""
    words = words_of(text)
    if not words:
        return Conversation.objects.none()
    if connection.vendor == "postgresql":
        sql, query = postgresql.CONVERSATIONS, postgresql.query(words)
    else:
        sql, query = sqlite.CONVERSATIONS, sqlite.query(words)
    return Conversation.objects.filter(pk__in=RawSQL(sql, [query]))  # noqa: S611


def mentioning(phrases: list[str]) -> QuerySet[Conversation]:
    """Conversations with a line that holds one of these phrases, word for word."""
    phrases = [" ".join(words_of(phrase)) for phrase in phrases]
    phrases = [phrase for phrase in phrases if phrase]
    if not phrases:
        return Conversation.objects.none()
    if connection.vendor == "postgresql":
        sql, query = postgresql.PHRASES, " or ".join(f'"{phrase}"' for phrase in postgresql.folded(phrases))
    else:
        sql, query = sqlite.CONVERSATIONS, " OR ".join(f'"{phrase}"' for phrase in phrases)
    return Conversation.objects.filter(pk__in=RawSQL(sql, [query]))  # noqa: S611
