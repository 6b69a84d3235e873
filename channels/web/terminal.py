"""`make chat`: a customer of the web chat, in a terminal.

Each line is a message; a number picks the choice it stands before. Ctrl-D leaves, once the answer is there. Lines may
also come from a file or a pipe.
"""

from __future__ import annotations

import argparse
import os
import secrets
import sys
import threading
import time
from collections.abc import Sequence
from typing import Any

import httpx

LOOK_EVERY, ANSWER_SECONDS, CALL_SECONDS = 0.2, 60.0, 30.0


class Chat:
    """One conversation. `follow` prints what others write while the customer thinks."""

    def __init__(self, base: str, language: str) -> None:
        self._http = httpx.Client(base_url=base, timeout=CALL_SECONDS, trust_env=False)
        session = self._asked("POST", "/web/session", {"language": language})
        self._http.headers["Authorization"] = f"Bearer {session['token']}"
        self._seen, self._choices = 0, list[dict[str, str]]()
        self._looking = threading.Lock()
        self.left = threading.Event()

    def say(self, line: str) -> None:
        """Send a message, or the choice of that number, and wait until it is answered."""
        place = int(line) - 1 if line.isdecimal() else -1
        chosen = self._choices[place]["id"] if 0 <= place < len(self._choices) else ""
        body = {"choice": chosen} if chosen else {"text": line}
        self._asked("POST", "/web/messages", {"client_id": secrets.token_hex(8), **body})
        until = time.monotonic() + ANSWER_SECONDS
        while self.look() and time.monotonic() < until:
            time.sleep(LOOK_EVERY)

    def look(self) -> bool:
        """Print what is new; whether an answer is still on its way."""
        with self._looking:
            news = self._asked("GET", f"/web/messages?after={self._seen}")
            for message in news["messages"]:
                self._seen = message["seq"]
                if message["author"] != "customer":
                    self._print(message)
        return bool(news["pending"])

    def follow(self) -> None:
        while not self.left.wait(LOOK_EVERY * 5):
            try:
                self.look()
            except (httpx.HTTPError, ValueError) as error:
                print(f"(not read: {error})", file=sys.stderr)

    def _print(self, message: dict[str, Any]) -> None:
        print(f"{message['author']}: {message['text']}")
        for citation in message["citations"]:
            print(f"   [{citation['title']}] {citation['url']}")
        if message["choices"]:
            self._choices = message["choices"]
        for number, choice in enumerate(message["choices"], 1):
            print(f"   {number}. {choice['label']}")
        sys.stdout.flush()

    def _asked(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Raises ValueError with what the shop says when it refuses, and httpx.HTTPError when it does not answer."""
        answer = self._http.request(method, path, json=body)
        if not answer.is_success:
            raise ValueError(f"{path} answered {answer.status_code}: {answer.text[:200]}")
        return dict(answer.json())


def main(arguments: Sequence[str] | None = None) -> int:
    """0, or 1 when the shop could not be reached, with what to do on stderr."""
    parser = argparse.ArgumentParser(prog="make chat ARGS=...", description=(__doc__ or "").split("\n\n")[1])
    parser.add_argument("--base", default=os.environ.get("POSTVENTA_PUBLIC_URL", "http://127.0.0.1:8000"))
    parser.add_argument("--language", choices=("es", "en"), default="es")
    chosen = parser.parse_args(arguments)
    try:
        chat = Chat(chosen.base, chosen.language)
    except httpx.TransportError as error:
        print(f"Nothing answers at {chosen.base} ({error}). Start the shop with `make run`.", file=sys.stderr)
        return 1
    threading.Thread(target=chat.follow, daemon=True).start()
    for line in sys.stdin:
        if line.strip():
            try:
                chat.say(line.strip())
            except (httpx.HTTPError, ValueError) as error:
                print(f"(not sent: {error})", file=sys.stderr)
    chat.left.set()
    return 0


if __name__ == "__main__":
    sys.exit(main())
