from django.urls import path

from bot.conversations import health
from bot.conversations.calls import views as call_views
from bot.conversations.media import address
from bot.conversations.web import attachments, continuing, scripts, session, signals, stream, views
from bot.conversations.webhooks import webhook

urlpatterns = [
    path("channels/<slug:channel>/webhook", webhook, name="webhook"),
    path("web/loader.js", scripts.loader, name="web-loader"),
    path("web/app.js", scripts.app, name="web-app"),
    path("web/session", session.session, name="web-session"),
    path("web/messages", views.messages, name="web-messages"),
    path("web/continue", continuing.use, name="web-continue"),
    path("continue", continuing.page, name="continue"),
    path("web/attachments", attachments.upload, name="web-attachments"),
    path("web/attachments/<uuid:media_id>", attachments.download, name="web-attachment"),
    path("web/signals", signals.signals, name="web-signals"),
    path("web/events", stream.events, name="web-events"),
    path("files/<str:token>", address.file, name="media-file"),
    path("calls/status", call_views.status, name="call-status"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
