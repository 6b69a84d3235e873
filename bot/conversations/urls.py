from django.urls import path

from bot.conversations import health
from bot.conversations.web import continuing, stream, views
from bot.conversations.webhooks import webhook

urlpatterns = [
    path("channels/<slug:channel>/webhook", webhook, name="webhook"),
    path("web/session", views.session, name="web-session"),
    path("web/messages", views.messages, name="web-messages"),
    path("web/continue", continuing.use, name="web-continue"),
    path("continue", continuing.page, name="continue"),
    path("web/events", stream.events, name="web-events"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
