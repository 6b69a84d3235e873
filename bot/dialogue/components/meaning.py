"""What this process found a message to mean, told to the action server with each call.

Both compare messages by the same encoders, and encoding is most of what a turn costs.
"""

import base64
from typing import Any

from bot.dialogue.components.encoder import MAX_CHARACTERS, held


def vectors(call: dict[str, Any]) -> dict[str, str]:
    """Of an action call: for each encoder that has read the message, the base64 of its float32 numbers, lowest byte
    first. Empty for a call about no message, or about one that was cut before it was read."""
    message = (call.get("tracker") or {}).get("latest_message") or {}
    text = message.get("text") or ""
    if not text or len(text) > MAX_CHARACTERS:
        return {}
    return {name: base64.b64encode(vector.astype("<f4").tobytes()).decode() for name, vector in held(text).items()}
