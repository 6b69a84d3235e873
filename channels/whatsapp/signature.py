"""Proving that Twilio sent a webhook.

The signature covers the address that Twilio called and every form field. Behind a proxy the request shows another
scheme, host or prefix, so the address is put together from the configured public one and the raw path and query.
https://www.twilio.com/docs/usage/webhooks/webhooks-security
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl

from twilio.request_validator import RequestValidator, get_signature_algorithm

from channels.base import RawRequest, Unauthorized

FIELDS = 1_000


class Form:
    """A webhook's fields. Blank values and repeated names are kept: both are signed."""

    def __init__(self, encoded: str) -> None:
        self.pairs = parse_qsl(encoded, keep_blank_values=True, max_num_fields=FIELDS)

    def __iter__(self) -> Any:
        return iter(dict(self.pairs))

    def __len__(self) -> int:
        return len(self.pairs)

    def getlist(self, name: str) -> list[str]:
        return [value for key, value in self.pairs if key == name]

    def first(self) -> dict[str, str]:
        """Return the fields, the first value of each."""
        return dict(reversed(self.pairs))


def read(request: RawRequest) -> Form:
    """Return the signed fields of `request`, none for GET; raises ValueError when there are more than a thousand."""
    return Form(request.body.decode("utf-8", "replace") if request.method.upper() == "POST" else "")


def query(request: RawRequest) -> Form:
    return Form(request.path.partition("?")[2])


def check(request: RawRequest, public_url: str, secrets: Sequence[str]) -> None:
    """Raise `Unauthorized` unless one of `secrets` signed `request`.

    Several secrets are accepted so that a token can be changed without a gap. Accounts with shared keys sign with
    SHA-256 and say so in a header; the shared key's secret then belongs among `secrets`.
    """
    signature = request.headers.get("x-twilio-signature", "")
    algorithm = get_signature_algorithm(request.headers.get("x-twilio-webhooks-signature-settings", ""))
    if not signature or not secrets:
        raise Unauthorized(
            "The request carries no X-Twilio-Signature, or no TWILIO_AUTH_TOKEN is set to check it with."
        )
    try:
        form, address = read(request), public_url + request.path
        valid = any(RequestValidator(secret).validate(address, form, signature, algorithm) for secret in secrets)
    except (ValueError, TypeError, UnicodeError):
        valid = False
    if not valid:
        raise Unauthorized(
            "The X-Twilio-Signature does not match. Check TWILIO_AUTH_TOKEN, and that POSTVENTA_PUBLIC_URL is exactly "
            "the address (scheme, host, prefix) that is entered in the Twilio console."
        )
