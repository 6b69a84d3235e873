"""What one turn looks like on the wire, checked at the door."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

from bot.dialogue.components.encoder import clean
from bot.dialogue.components.guard import OFFERED, neutralise

MAX_TEXT = 8000
"""Characters kept of a customer's turn; a burst of long messages is cut here, not refused."""

_ID_LENGTH = 200
_FIELDS = frozenset({"conversation", "message_id", "text", "payload", "metadata", "fresh", "state"})
_PAYLOAD = re.compile(r"^/(?P<intent>[A-Za-z_][A-Za-z0-9_]*)(?P<entities>\{.*\})?$", re.DOTALL)


class BadTurn(ValueError):
    """The request is not a turn. `str()` says what was wrong and what a turn needs."""


@dataclass(frozen=True)
class Turn:
    """A turn as asked for: either what the customer wrote, or a choice that the gateway itself had offered."""

    conversation: str
    message_id: str
    text: str = ""
    intent: str | None = None
    entities: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    fresh: bool = False
    state: bool = False


def read_turn(body: bytes) -> Turn:
    """The turn in a request's body; raises BadTurn."""
    try:
        data = json.loads(body or b"null")
    except ValueError as error:
        raise BadTurn("The body is not JSON. Send {conversation, message_id, text or payload, metadata}.") from error
    if not isinstance(data, dict):
        raise BadTurn("The body must be one JSON object: {conversation, message_id, text or payload, metadata}.")
    unknown = sorted(set(data) - _FIELDS)
    if unknown:
        raise BadTurn(f"Unknown fields {unknown}; a turn has {sorted(_FIELDS)}.")
    metadata = data.get("metadata")
    metadata = {} if metadata is None else metadata
    if not isinstance(metadata, dict):
        raise BadTurn("metadata must be an object such as {channel, language, verified, identity, today}.")
    message_id = _identifier(data, "message_id")
    said: dict[str, Any] = _choice(data) if data.get("payload") is not None else {"text": _text(data)}
    if data.get("payload") is not None and data.get("text") is not None:
        raise BadTurn("Send either text or payload: text is what somebody typed, payload a choice you offered.")
    return Turn(
        conversation=_identifier(data, "conversation"),
        message_id=message_id,
        metadata={**metadata, "message_id": message_id, OFFERED: "intent" in said},
        fresh=_flag(data, "fresh"),
        state=_flag(data, "state"),
        **said,
    )


def _identifier(data: dict[str, Any], name: str) -> str:
    value = data.get(name)
    if not isinstance(value, (str, int)) or isinstance(value, bool) or not 0 < len(str(value)) <= _ID_LENGTH:
        raise BadTurn(f"{name} is missing: send a text of 1 to {_ID_LENGTH} characters that names the {name}.")
    return str(value)


def _flag(data: dict[str, Any], name: str) -> bool:
    value = data.get(name, False)
    if not isinstance(value, bool):
        raise BadTurn(f"{name} must be true or false.")
    return value


def _text(data: dict[str, Any]) -> str:
    text = data.get("text")
    if not isinstance(text, str):
        raise BadTurn("text is missing: send what the customer wrote ('' for nothing), or a payload you offered.")
    return neutralise(clean(text, MAX_TEXT))


def _choice(data: dict[str, Any]) -> dict[str, Any]:
    payload = data["payload"]
    if isinstance(payload, str) and not payload.startswith("/"):
        # A choice whose payload is plain words is as good as typing them.
        return {"text": clean(payload, MAX_TEXT)}
    match = _PAYLOAD.match(payload) if isinstance(payload, str) else None
    try:
        entities = json.loads(match.group("entities") or "{}") if match else None
    except ValueError:
        entities = None
    if match is None or entities is None:
        raise BadTurn('payload must look like /intent or /intent{"entity": "value"}, as the reply offered it.')
    return {"text": payload, "intent": match.group("intent"), "entities": entities}
