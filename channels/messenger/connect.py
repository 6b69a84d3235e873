"""The two adapters as a shop's settings say. https://developers.facebook.com/docs/graph-api/guides/versioning"""

from __future__ import annotations

from django.conf import settings

from channels.messenger import sandbox
from channels.messenger.adapter import MetaAdapter
from channels.messenger.platforms import INSTAGRAM, MESSENGER, Platform
from channels.registry import NotConfigured


def messenger() -> MetaAdapter:
    """Raises `NotConfigured` without a Page, where the sandbox is off."""
    return _adapter(MESSENGER, settings.META_PAGE_ID, "META_PAGE_ID", sandbox.PAGE_ID)


def instagram() -> MetaAdapter:
    """Raises `NotConfigured` without an Instagram account, where the sandbox is off."""
    return _adapter(INSTAGRAM, settings.META_INSTAGRAM_ID, "META_INSTAGRAM_ID", sandbox.INSTAGRAM_ID)


def _adapter(platform: Platform, account: str, setting: str, sandbox_account: str) -> MetaAdapter:
    needed = {
        setting: account,
        "META_PAGE_ID": settings.META_PAGE_ID,
        "META_PAGE_TOKEN": settings.META_PAGE_TOKEN,
        "META_APP_SECRET": settings.META_APP_SECRETS,
        "META_VERIFY_TOKEN": settings.META_VERIFY_TOKEN,
    }
    missing = ", ".join(name for name, value in needed.items() if not value)
    if account and missing:
        raise NotConfigured(f"{setting} is set, but not {missing}.")
    if account:
        return MetaAdapter(
            platform,
            account=account,
            page_id=settings.META_PAGE_ID,
            page_token=settings.META_PAGE_TOKEN,
            app_secrets=settings.META_APP_SECRETS,
            verify_token=settings.META_VERIFY_TOKEN,
            version=settings.META_GRAPH_VERSION,
            api_url=settings.META_API_URL,
        )
    if not settings.SANDBOX:
        raise NotConfigured(f"{platform.title} needs {missing}.")
    return MetaAdapter(
        platform,
        account=sandbox_account,
        page_id=sandbox.PAGE_ID,
        page_token=sandbox.PAGE_TOKEN,
        app_secrets=[sandbox.APP_SECRET],
        verify_token=sandbox.VERIFY_TOKEN,
        version=settings.META_GRAPH_VERSION,
        api_url=settings.META_API_URL or settings.PUBLIC_BASE_URL + sandbox.API_PATH,
    )
