"""The mailbox that the sandbox's stand-in keeps. Public on purpose: it opens nothing but the sandbox."""

from __future__ import annotations

ADDRESS = "ayuda@lumbre.example"
DOOR_SECRET = "sandbox-mail-door"  # noqa: S105 - see above
API_PATH = "/sandbox/provider/mail"
