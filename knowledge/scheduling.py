"""Scheduled publishing without cron: the worker calls this every few seconds."""

from __future__ import annotations

from django.core.management import call_command
from django.utils import timezone
from wagtail.models import Page, Revision


def publish_scheduled() -> bool:
    """Publishes and withdraws what is due; tells whether there was anything. Safe on any number of workers."""
    now = timezone.now()
    due = bool(
        Revision.objects.filter(approved_go_live_at__lt=now).exists()
        or Page.objects.filter(live=True, expire_at__lt=now).exists()
    )
    if due:
        call_command("publish_scheduled")
    return due
