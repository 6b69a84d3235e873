"""The bot that the sandbox's stand-in for Telegram serves. Public on purpose: it opens nothing but the sandbox."""

from __future__ import annotations

BOT_TOKEN = "1000000000:sandbox-telegram-bot-token"  # noqa: S105 - see above
WEBHOOK_SECRET = "sandbox-telegram-secret"  # noqa: S105 - see above
API_PATH = "/sandbox/provider/telegram"
