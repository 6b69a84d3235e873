"""Full text on PostgreSQL: a GIN index over the messages' words, without the accents of western Europe.

`translate` is built in and immutable, so that an index may use it; the extension `unaccent` is neither.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db.backends.base.base import BaseDatabaseWrapper

ACCENTED = "áàâäãåéèêëíìîïóòôöõúùûüñçýÿÁÀÂÄÃÅÉÈÊËÍÌÎÏÓÒÔÖÕÚÙÛÜÑÇÝ"
PLAIN = "aaaaaaeeeeiiiiooooouuuuncyyAAAAAAEEEEIIIIOOOOOUUUUNCY"
# A tsvector holds at most a megabyte; no line of a conversation comes near it after this cut.
WORDS = f"to_tsvector('simple'::regconfig, translate(left(text, 100000), '{ACCENTED}', '{PLAIN}'))"
CONVERSATIONS = (
    f"SELECT conversation_id FROM conversations_message WHERE {WORDS} @@ to_tsquery('simple'::regconfig, %s)"  # noqa: S608
)
PHRASES = (
    "SELECT conversation_id FROM conversations_message "  # noqa: S608
    f"WHERE {WORDS} @@ websearch_to_tsquery('simple'::regconfig, %s)"
)
INDEX = f"CREATE INDEX IF NOT EXISTS desk_said_words ON conversations_message USING gin ({WORDS})"
_FOLD = str.maketrans(ACCENTED, PLAIN)


def folded(texts: Sequence[str]) -> list[str]:
    return [text.translate(_FOLD) for text in texts]


def query(words: Sequence[str]) -> str:
    """Every word, the last one as a beginning. Words hold letters and figures only, so none is an operator."""
    return " & ".join(folded(words)) + ":*"


def install(connection: BaseDatabaseWrapper) -> None:
    """Make the index where it is missing."""
    with connection.cursor() as cursor:
        cursor.execute(INDEX)
