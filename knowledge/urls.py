"""Addresses of the help centre besides its pages."""

from __future__ import annotations

from django.urls import URLPattern, path

from knowledge import help_views

urlpatterns: list[URLPattern] = [
    path("sitemap.xml", help_views.site_map, name="sitemap"),
    path("robots.txt", help_views.robots, name="robots"),
    path("help/feedback/<str:language>/<slug:slug>", help_views.feedback, name="article_feedback"),
]
