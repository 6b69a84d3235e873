"""Addresses below Wagtail's admin."""

from __future__ import annotations

from django.urls import URLPattern, path

from knowledge.editor import gap_views, health_views, impact_views, publishing, toolbar

urlpatterns: list[URLPattern] = [
    path("gaps/", gap_views.Gaps.as_view(), name="knowledge_gaps"),
    path("gaps/<int:pk>/draft/", gap_views.draft, name="knowledge_gap_draft"),
    path("gaps/<int:pk>/state/", gap_views.set_state, name="knowledge_gap_state"),
    path("articles/<int:pk>/impact/", impact_views.Impact.as_view(), name="knowledge_impact"),
    path("articles/<int:pk>/impact/batch/", impact_views.batch, name="knowledge_impact_batch"),
    path("articles/<int:pk>/impact/ask/", impact_views.ask, name="knowledge_impact_ask"),
    path("articles/<int:pk>/losses/", publishing.Losses.as_view(), name="knowledge_losses"),
    path("articles/<int:pk>/losses/publish/", publishing.publish_anyway, name="knowledge_publish_anyway"),
    path("pictures/<int:pk>/markdown/", toolbar.picture, name="knowledge_picture"),
    path("health/", health_views.Health.as_view(), name="knowledge_health"),
]
