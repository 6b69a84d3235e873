"""A change of an article puts it on the list of articles to index, in the transaction that changes it."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_delete
from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move

from knowledge.models import ArticlePage, IndexState, PendingArticle


def article_changed(sender: Any, instance: ArticlePage, **kwargs: Any) -> None:
    PendingArticle.mark(instance.pk)
    IndexState.bump()


def page_moved(sender: Any, instance: Any, **kwargs: Any) -> None:
    """Addresses below a moved page change with it."""
    IndexState.bump()


def connect() -> None:
    for signal in (page_published, page_unpublished, post_delete):
        signal.connect(article_changed, sender=ArticlePage, dispatch_uid="knowledge.article_changed")
    for signal in (page_slug_changed, post_page_move):
        signal.connect(page_moved, dispatch_uid="knowledge.page_moved")
