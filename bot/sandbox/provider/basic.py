"""HTTP basic authentication, as Twilio's API asks for it."""

from __future__ import annotations

import base64
import binascii
import hmac


def credentials(header: str) -> tuple[str, str]:
    """The name and password of an Authorization header; empty where there are none."""
    kind, _, encoded = header.partition(" ")
    try:
        name, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return "", ""
    return (name, password) if kind.lower() == "basic" else ("", "")


def allowed(header: str, name: str, password: str) -> bool:
    given_name, given_password = credentials(header)
    same_name = hmac.compare_digest(given_name.encode(), name.encode())
    return hmac.compare_digest(given_password.encode(), password.encode()) and same_name
