"""Full text on SQLite: an FTS5 table that triggers keep in step with the messages, whoever writes them.

Messages are known by UUID and FTS5 by whole numbers; `desk_said` holds the pairs. Triggers see bulk updates and
erasure too. Django makes a table anew when a column changes and its triggers go with the old one, so that
`install` runs after every migration.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

CONVERSATIONS = (
    "SELECT said.conversation FROM desk_said_words words JOIN desk_said said ON said.id = words.rowid "
    "WHERE desk_said_words MATCH %s"
)
# Removes diacritics of every letter (Unicode 6.1), and folds case.
TABLES = (
    "CREATE TABLE IF NOT EXISTS desk_said (id INTEGER PRIMARY KEY, message CHAR(32) NOT NULL UNIQUE, "
    "conversation CHAR(32) NOT NULL)",
    "CREATE VIRTUAL TABLE IF NOT EXISTS desk_said_words USING fts5(text, tokenize = 'unicode61 remove_diacritics 2')",
)
_ADD = (
    "INSERT INTO desk_said (message, conversation) VALUES (NEW.id, NEW.conversation_id); "
    "INSERT INTO desk_said_words (rowid, text) SELECT id, NEW.text FROM desk_said WHERE message = NEW.id;"
)
_REMOVE = (
    "DELETE FROM desk_said_words WHERE rowid = (SELECT id FROM desk_said WHERE message = OLD.id); "
    "DELETE FROM desk_said WHERE message = OLD.id;"
)
TRIGGERS = (
    f"CREATE TRIGGER IF NOT EXISTS desk_said_added AFTER INSERT ON conversations_message BEGIN {_ADD} END",
    f"CREATE TRIGGER IF NOT EXISTS desk_said_removed AFTER DELETE ON conversations_message BEGIN {_REMOVE} END",
    "CREATE TRIGGER IF NOT EXISTS desk_said_changed AFTER UPDATE OF text, conversation_id ON conversations_message "
    f"BEGIN {_REMOVE} {_ADD} END",
)
# Merges the index's segments step by step, which drops the words of deleted lines; a negative number of pages begins.
_MERGE = "INSERT INTO desk_said_words (desk_said_words, rank) VALUES ('merge', {pages})"
_LEFT_OUT = "SELECT 1 FROM conversations_message m WHERE NOT EXISTS (SELECT 1 FROM desk_said s WHERE s.message = m.id)"
FILL = (
    "INSERT INTO desk_said (message, conversation) SELECT m.id, m.conversation_id FROM conversations_message m "
    "WHERE NOT EXISTS (SELECT 1 FROM desk_said s WHERE s.message = m.id)",
    "INSERT INTO desk_said_words (rowid, text) SELECT s.id, m.text FROM desk_said s "
    "JOIN conversations_message m ON m.id = s.message WHERE s.id NOT IN (SELECT rowid FROM desk_said_words)",
)


def query(words: Sequence[str]) -> str:
    """FTS5's own language: each word in quotes, so that AND, OR and NEAR are words as well."""
    return " ".join(f'"{word}"' for word in words) + "*"


def install(connection: BaseDatabaseWrapper) -> None:
    """Make the tables and triggers where they are missing, and take in messages written before."""
    with connection.cursor() as cursor:
        for statement in (*TABLES, *TRIGGERS):
            cursor.execute(statement)
        cursor.execute(f"{_LEFT_OUT} LIMIT 1")
        if cursor.fetchone():
            for statement in FILL:
                cursor.execute(statement)


def forget_deleted(connection: BaseDatabaseWrapper, pages: int = 400) -> None:
    """Drop from the index the words of lines that are no longer there: FTS5 itself only marks them as deleted.

    In many short writes, so that customers' messages need not wait.
    """
    with connection.cursor() as cursor:
        cursor.execute(_MERGE.format(pages=-pages))
        while True:
            before = _changes(cursor)
            cursor.execute(_MERGE.format(pages=pages))
            # The command itself counts as one change.
            if _changes(cursor) - before < 2:
                return


def _changes(cursor: Any) -> int:
    cursor.execute("SELECT total_changes()")
    return int(cursor.fetchone()[0])
