"""`python manage.py whatsapp_templates`: which templates Twilio has; `--submit` sends the others."""

from __future__ import annotations

import asyncio
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from bot.conversations.templates import Text, all_templates
from channels import registry
from channels.base import ChannelError
from channels.whatsapp.adapter import WhatsAppAdapter


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--submit", action="store_true", help="create what is missing and ask for its approval")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            adapter = registry.adapter("whatsapp")
            assert isinstance(adapter, WhatsAppAdapter)
            for line in asyncio.run(report(adapter, submit=options["submit"])):
                self.stdout.write(line)
        except (registry.NotConfigured, ChannelError) as error:
            raise CommandError(str(error)) from error


async def report(adapter: WhatsAppAdapter, *, submit: bool) -> list[str]:
    """One line a template and language."""
    known, lines = await adapter.contents.template_ids(), []
    for template in all_templates().values():
        for language in template.texts:
            name = f"{template.name}_{language}"
            if name in known:
                lines.append(f"{name}: {await _status(adapter, known[name])}")
            elif submit:
                lines.append(f"{name}: {await _submit(adapter, template, language)}")
            else:
                lines.append(f"{name}: not at Twilio; run this command with --submit")
    return lines


async def _status(adapter: WhatsAppAdapter, sid: str) -> str:
    approval = (await adapter.api.approval(sid)).get("whatsapp") or {}
    reason = approval.get("rejection_reason")
    return f"{approval.get('status') or 'not submitted'}{f' ({reason})' if reason else ''}"


async def _submit(adapter: WhatsAppAdapter, template: Text, language: str) -> str:
    samples = {str(number): f"«{name}»" for number, name in enumerate(template.variables, 1)}
    sid = await adapter.contents.create_template(template.name, language, template.numbered(language), samples)
    answer = await adapter.api.submit_for_approval(sid, f"{template.name}_{language}", template.category.upper())
    return f"submitted ({answer.get('status') or 'received'})"
