"""The web process: `uvicorn bot.asgi:application`."""

import os

from django.core.asgi import get_asgi_application

from bot import tracing

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bot.settings")
tracing.start("web")
application = get_asgi_application()
