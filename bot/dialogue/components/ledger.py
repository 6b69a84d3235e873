"""Turns on disk: SQLite with one row per turn, and the reply of each recent turn."""

import json
import os
import sqlite3
import time
from pathlib import Path
from typing import Any, NamedTuple

SCHEMES = ("postgres://", "postgresql://")

ANSWERS_KEPT = 100
"""Replies kept per conversation, so that a repeated message gets the reply it got before."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS turns (
    conversation TEXT NOT NULL, seq INTEGER NOT NULL, snapshot INTEGER NOT NULL, events TEXT NOT NULL,
    at REAL NOT NULL, PRIMARY KEY (conversation, seq)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS answers (
    conversation TEXT NOT NULL, message_id TEXT NOT NULL, replies TEXT NOT NULL, at REAL NOT NULL,
    PRIMARY KEY (conversation, message_id)
) WITHOUT ROWID;
"""


class Answer(NamedTuple):
    """What the dialogue said to one customer message."""

    message_id: str
    replies: list[dict[str, Any]]


class Outrun(RuntimeError):
    """Another process has stored a turn of this conversation meanwhile. Nothing was stored; read it anew."""


class Ledger:
    """Appends turns and finds them again. Every method may raise sqlite3.Error, and then nothing was stored.

    Not for two threads at once. With `synchronous=NORMAL` a committed turn survives `kill -9`;
    only a power cut can take back the last ones.
    """

    def __init__(self, path: Path, busy_seconds: float | None = None) -> None:
        self._path = path
        self._busy = busy_seconds or float(os.environ.get("POSTVENTA_RASA_TRACKERS_BUSY", "5"))
        self._connection: sqlite3.Connection | None = None

    def _connect(self) -> sqlite3.Connection:
        if self._connection is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(
                str(self._path), timeout=self._busy, isolation_level=None, check_same_thread=False
            )
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.executescript(_SCHEMA)
            self._connection = connection
        return self._connection

    def append(
        self,
        conversation: str,
        events: list[dict[str, Any]],
        answer: Answer | None = None,
        snapshot: bool = False,
        after: int | None = None,
    ) -> int:
        """Store one turn's events and its answer together, or nothing; the turn's number.

        `after`: the number of the turn that this one follows; raises Outrun where another was stored since.
        A `snapshot` holds all that is needed to go on, so the conversation's earlier rows go.
        """
        db = self._connect()
        now = time.time()
        db.execute("BEGIN IMMEDIATE")
        try:
            (last,) = db.execute(
                "SELECT coalesce(max(seq), 0) FROM turns WHERE conversation = ?", (conversation,)
            ).fetchone()
            if after is not None and last != after:
                raise Outrun(f"turn {last} was stored while turn {after + 1} was under way")
            if snapshot:
                db.execute("DELETE FROM turns WHERE conversation = ?", (conversation,))
            db.execute(
                "INSERT INTO turns VALUES (?, ?, ?, ?, ?)",
                (conversation, last + 1, int(snapshot), json.dumps(events), now),
            )
            if answer:
                self._store_answer(db, conversation, answer, now)
            db.execute("COMMIT")
        except BaseException:
            db.execute("ROLLBACK")
            raise
        return int(last) + 1

    @staticmethod
    def _store_answer(db: sqlite3.Connection, conversation: str, answer: Answer, now: float) -> None:
        db.execute(
            "INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?)",
            (conversation, answer.message_id, json.dumps(answer.replies), now),
        )
        db.execute(
            "DELETE FROM answers WHERE conversation = ? AND message_id NOT IN "
            "(SELECT message_id FROM answers WHERE conversation = ? ORDER BY at DESC LIMIT ?)",
            (conversation, conversation, ANSWERS_KEPT),
        )

    def last(self, conversation: str) -> int:
        """The number of the turn that was stored last; 0 when there is none."""
        (last,) = (
            self._connect()
            .execute("SELECT coalesce(max(seq), 0) FROM turns WHERE conversation = ?", (conversation,))
            .fetchone()
        )
        return int(last)

    def events(self, conversation: str) -> list[dict[str, Any]]:
        """Every stored event of a conversation, oldest first; empty when there is none."""
        rows = self._connect().execute("SELECT events FROM turns WHERE conversation = ? ORDER BY seq", (conversation,))
        return [event for (batch,) in rows for event in json.loads(batch)]

    def answer(self, conversation: str, message_id: str) -> Answer | None:
        """What was replied to that message, None when it was never answered."""
        row = (
            self._connect()
            .execute(
                "SELECT replies FROM answers WHERE conversation = ? AND message_id = ?",
                (conversation, message_id),
            )
            .fetchone()
        )
        return Answer(message_id, json.loads(row[0])) if row else None

    def conversations(self) -> list[str]:
        """The ids of all stored conversations."""
        return [row[0] for row in self._connect().execute("SELECT DISTINCT conversation FROM turns")]

    def forget(self, conversation: str) -> None:
        """Delete all that is stored about a conversation, and overwrite the bytes that held it."""
        db = self._connect()
        db.execute("PRAGMA secure_delete=ON")
        db.execute("BEGIN IMMEDIATE")
        try:
            db.execute("DELETE FROM turns WHERE conversation = ?", (conversation,))
            db.execute("DELETE FROM answers WHERE conversation = ?", (conversation,))
            db.execute("COMMIT")
        except BaseException:
            db.execute("ROLLBACK")
            raise
        # Until then the log of writes still holds what was deleted.
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        db.execute("PRAGMA secure_delete=OFF")
