"""Who calls: Meta signs the raw bytes of a webhook, and proves itself once by a word when the webhook is set."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from urllib.parse import parse_qs, urlsplit

from channels.base import RawRequest, Unauthorized

HEADER = "x-hub-signature-256"


def sign(secret: str, body: bytes) -> str:
    """Return the header's value. It is over the raw bytes, in which Meta escapes what is not ASCII."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def check(request: RawRequest, secrets: Sequence[str]) -> None:
    """Raise `Unauthorized` unless one of `secrets` signed the body; several are valid while one is being changed."""
    told = request.headers.get(HEADER, "").encode("utf-8", "replace")
    good = [hmac.compare_digest(told, sign(secret, request.body).encode()) for secret in secrets if secret]
    if not any(good):
        raise Unauthorized("X-Hub-Signature-256 is missing or wrong: META_APP_SECRET must be the secret of this app.")


def subscription(request: RawRequest) -> dict[str, str]:
    """Return the `hub.` fields with which Meta asks whether an address wants its webhooks."""
    return {name: values[0] for name, values in parse_qs(urlsplit(request.path).query).items()}


def check_subscription(request: RawRequest, verify_token: str) -> None:
    """Raise `Unauthorized` unless this is Meta's question with our own word in it."""
    asked = subscription(request)
    told = asked.get("hub.verify_token", "").encode("utf-8", "replace")
    known = bool(verify_token) and hmac.compare_digest(told, verify_token.encode())
    if not known or asked.get("hub.mode") != "subscribe":
        raise Unauthorized("hub.verify_token is missing or wrong: write META_VERIFY_TOKEN into the app's webhook form.")


def app_secret_proof(secret: str, token: str) -> str:
    """Return the proof that a call with `token` comes from the app itself, which Meta can be told to demand."""
    return hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()
