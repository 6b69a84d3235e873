"""What must be set before the sandbox is left; Django runs these at every start."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from channels.web.identity import SHORTEST_SECRET

FALLBACK = "only-for-the-sandbox"
FALLBACK_TOKEN = "local"  # noqa: S105 - what must be replaced


@register()
def secrets_are_set(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """Outside the sandbox every secret is the shop's own."""
    if settings.SANDBOX:
        return []
    problems: list[CheckMessage] = []
    if settings.SECRET_KEY.startswith(FALLBACK):
        problems.append(
            Error(
                "POSTVENTA_SECRET_KEY is not set, so sessions and customers' tokens could be forged.",
                hint="Set it to a long random text in .env; `make run` writes one into var/secrets.env.",
                id="postventa.E001",
            )
        )
    if settings.RASA_TOKEN == FALLBACK_TOKEN:
        problems.append(
            Error(
                "POSTVENTA_RASA_TOKEN is not set, so anybody on this machine could speak as any customer.",
                hint="Set the same long random text for the web, worker and rasa processes.",
                id="postventa.E002",
            )
        )
    return problems


@register()
def identity_secrets_are_long(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """A short secret can be found by trying."""
    if all(len(secret.encode()) >= SHORTEST_SECRET for secret in settings.WEB_IDENTITY_SECRETS):
        return []
    return [
        Error(
            f"POSTVENTA_WEB_IDENTITY_SECRET has fewer than {SHORTEST_SECRET} bytes, so tokens could be forged.",
            hint='Make one with: python3 -c "import secrets; print(secrets.token_urlsafe(48))"',
            id="postventa.E003",
        )
    ]
