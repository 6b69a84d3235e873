"""Turns in PostgreSQL, for several Rasas that can take over from each other. The same rules as `ledger.Ledger`.

No lock is held while a turn runs: each turn is stored under the number that follows the one it was read at, and the
primary key lets one of two through.
"""

import json
import os
import time
from collections.abc import Callable
from typing import Any, TypeVar

import psycopg2
from psycopg2.extensions import connection as Connection

from bot.dialogue.components.ledger import ANSWERS_KEPT, Answer, Outrun

# Any number, the same for all: two processes that make the tables at once would collide in PostgreSQL's own catalogue.
_MAKING = 7_041_776

_SCHEMA = f"""
SELECT pg_advisory_xact_lock({_MAKING});
CREATE SCHEMA IF NOT EXISTS rasa;
CREATE TABLE IF NOT EXISTS rasa.turns (
    conversation text NOT NULL, seq integer NOT NULL, snapshot boolean NOT NULL, events text NOT NULL,
    at double precision NOT NULL, PRIMARY KEY (conversation, seq)
);
CREATE TABLE IF NOT EXISTS rasa.answers (
    conversation text NOT NULL, message_id text NOT NULL, replies text NOT NULL, at double precision NOT NULL,
    PRIMARY KEY (conversation, message_id)
);
"""

Result = TypeVar("Result")


class SharedLedger:
    """Every method may raise psycopg2.Error, and then nothing was stored. Not for two threads at once."""

    def __init__(self, address: str, busy_seconds: float | None = None) -> None:
        self._address = address
        self._busy = busy_seconds or float(os.environ.get("POSTVENTA_RASA_TRACKERS_BUSY", "5"))
        self._connection: Connection | None = None

    def _connect(self) -> Connection:
        if self._connection is None:
            patience = f"-c statement_timeout={int(self._busy * 1000)} -c lock_timeout={int(self._busy * 1000)}"
            connection = psycopg2.connect(self._address, connect_timeout=max(2, int(self._busy)), options=patience)
            with connection, connection.cursor() as cursor:
                cursor.execute(_SCHEMA)
            self._connection = connection
        return self._connection

    def _transaction(self, work: Callable[[Any], Result]) -> Result:
        """Once more on a new connection where the old one is gone: repeated, a turn that was stored is Outrun."""
        if self._connection is not None:
            try:
                return self._once(work)
            except (psycopg2.OperationalError, psycopg2.InterfaceError):
                if self._connection is not None:
                    raise
        return self._once(work)

    def _once(self, work: Callable[[Any], Result]) -> Result:
        connection = self._connect()
        try:
            with connection, connection.cursor() as cursor:
                return work(cursor)
        finally:
            if connection.closed:
                self._connection = None

    def append(
        self,
        conversation: str,
        events: list[dict[str, Any]],
        answer: Answer | None = None,
        snapshot: bool = False,
        after: int | None = None,
    ) -> int:
        """Store one turn's events and its answer together, or nothing; the turn's number. See `Ledger.append`."""
        now = time.time()

        def work(cursor: Any) -> int:
            last = _last(cursor, conversation)
            if after is not None and last != after:
                raise Outrun(f"turn {last} was stored while turn {after + 1} was under way")
            row = (conversation, last + 1, snapshot, json.dumps(events), now)
            cursor.execute("INSERT INTO rasa.turns VALUES (%s, %s, %s, %s, %s)", row)
            if snapshot:
                cursor.execute("DELETE FROM rasa.turns WHERE conversation = %s AND seq <= %s", (conversation, last))
            if answer:
                _store_answer(cursor, conversation, answer, now)
            return last + 1

        try:
            return self._transaction(work)
        except psycopg2.errors.UniqueViolation as error:
            raise Outrun("another process stored this turn at the same moment") from error

    def last(self, conversation: str) -> int:
        """The number of the turn that was stored last; 0 when there is none."""
        return self._transaction(lambda cursor: _last(cursor, conversation))

    def events(self, conversation: str) -> list[dict[str, Any]]:
        """Every stored event of a conversation, oldest first; empty when there is none."""

        def work(cursor: Any) -> list[dict[str, Any]]:
            cursor.execute("SELECT events FROM rasa.turns WHERE conversation = %s ORDER BY seq", (conversation,))
            return [event for (batch,) in cursor.fetchall() for event in json.loads(batch)]

        return self._transaction(work)

    def answer(self, conversation: str, message_id: str) -> Answer | None:
        """What was replied to that message, None when it was never answered."""

        def work(cursor: Any) -> Answer | None:
            named = (conversation, message_id)
            cursor.execute("SELECT replies FROM rasa.answers WHERE conversation = %s AND message_id = %s", named)
            row = cursor.fetchone()
            return Answer(message_id, json.loads(row[0])) if row else None

        return self._transaction(work)

    def conversations(self) -> list[str]:
        """The ids of all stored conversations."""

        def work(cursor: Any) -> list[str]:
            cursor.execute("SELECT DISTINCT conversation FROM rasa.turns")
            return [row[0] for row in cursor.fetchall()]

        return self._transaction(work)

    def forget(self, conversation: str) -> None:
        """Delete all that is stored about a conversation."""

        def work(cursor: Any) -> None:
            cursor.execute("DELETE FROM rasa.turns WHERE conversation = %s", (conversation,))
            cursor.execute("DELETE FROM rasa.answers WHERE conversation = %s", (conversation,))

        self._transaction(work)


def _last(cursor: Any, conversation: str) -> int:
    cursor.execute("SELECT coalesce(max(seq), 0) FROM rasa.turns WHERE conversation = %s", (conversation,))
    return int(cursor.fetchone()[0])


def _store_answer(cursor: Any, conversation: str, answer: Answer, now: float) -> None:
    cursor.execute(
        "INSERT INTO rasa.answers VALUES (%s, %s, %s, %s) "
        "ON CONFLICT (conversation, message_id) DO UPDATE SET replies = excluded.replies, at = excluded.at",
        (conversation, answer.message_id, json.dumps(answer.replies), now),
    )
    cursor.execute(
        "DELETE FROM rasa.answers WHERE conversation = %s AND message_id NOT IN "
        "(SELECT message_id FROM rasa.answers WHERE conversation = %s ORDER BY at DESC LIMIT %s)",
        (conversation, conversation, ANSWERS_KEPT),
    )
