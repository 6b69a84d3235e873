"""`python manage.py channel_matrix`: what each channel can carry; `--write` puts it into docs/."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from channels import registry
from channels.base import Capabilities
from channels.registry import CHANNELS

DOCUMENT = settings.BASE_DIR / "docs" / "channels.md"
BEGIN, END = "<!-- matrix: manage.py channel_matrix --write -->", "<!-- end of matrix -->"
UNITS = {"codepoint": "characters", "utf16": "UTF-16 units", "byte": "bytes"}
MARKUPS = {
    "none": "plain",
    "whatsapp": "plain",
    "tg_html": "Telegram's HTML",
    "md_subset": "Markdown subset",
    "html": "HTML",
}
HOUR = 3600

ROWS: Mapping[str, Callable[[Capabilities], str]] = {
    "text in a message": lambda caps: f"{caps.max_text} {UNITS[caps.text_unit]}",
    "formatting": lambda caps: MARKUPS[caps.markup],
    "buttons": lambda caps: f"{caps.buttons} of {caps.button_label}" if caps.buttons else "numbered list",
    "list entries": lambda caps: str(caps.list_items) if caps.list_items else "–",
    "files in": lambda caps: ", ".join(sorted(caps.media_in)) or "–",
    "files out, MB": lambda caps: _sizes(caps.media_out) or "–",
    "typing shown": lambda caps: f"{caps.typing_ttl} s" if caps.typing_ttl else _yes(caps.typing_out),
    "customer's typing seen": lambda caps: _yes(caps.typing_in),
    "receipts up to": lambda caps: caps.receipts,
    "free words within": lambda caps: _window(caps),
    "templates": lambda caps: _yes(caps.templates),
    "may write first": lambda caps: _yes(caps.can_initiate),
    "replies to a message": lambda caps: _yes(caps.reply_to),
    "location in": lambda caps: _yes(caps.location),
    "asks for the own phone": lambda caps: _yes(caps.contact_request),
    "messages a second, all / one customer": lambda caps: f"{caps.rate_global:g} / {caps.rate_per_chat:g}",
}


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--write", action="store_true", help="write it between the marks in docs/channels.md")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["write"]:
            self.stdout.write(matrix())
            return
        text = DOCUMENT.read_text(encoding="utf-8")
        if BEGIN not in text or END not in text:
            raise CommandError(f"{DOCUMENT}: the marks {BEGIN} and {END} are missing; put them where the table belongs")
        before, rest = text.split(BEGIN, 1)
        DOCUMENT.write_text(f"{before}{BEGIN}\n{matrix()}{END}{rest.split(END, 1)[1]}", encoding="utf-8")


def matrix() -> str:
    """The table in Markdown, one column a channel of the registry."""
    columns = [(label, declared(kind)) for kind, (label, _build) in CHANNELS.items()]
    head = ["", *(label for label, _caps in columns)]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join([name, *(show(caps) for _l, caps in columns)]) + " |" for name, show in ROWS.items()]
    return "\n".join(lines) + "\n"


def declared(kind: str) -> Capabilities:
    """The capabilities of a channel's adapter. The sandbox connects every channel without an account."""
    try:
        return registry.adapter(kind).caps
    except registry.NotConfigured as error:
        raise CommandError(f"{kind} is not connected ({error}). Run this with POSTVENTA_SANDBOX=1.") from error


def _yes(has: bool) -> str:
    return "yes" if has else "–"


def _window(caps: Capabilities) -> str:
    return f"{caps.reply_window.total_seconds() / HOUR:g} hours" if caps.reply_window else "always"


def _sizes(sizes: Mapping[Any, int]) -> str:
    return ", ".join(f"{kind} {size / 1_000_000:g}" for kind, size in sorted(sizes.items()))
