"""The web process: `uvicorn bot.asgi:application`."""

import gc
import os

from django.core.asgi import get_asgi_application
from django.core.signals import request_started
from django.db import close_old_connections, reset_queries

from bot import tracing

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bot.settings")
tracing.start("web")
application = get_asgi_application()

# Under ASGI a request's thread is new and has no connection yet that could be old. To ask it costs a change of threads.
for receiver in (close_old_connections, reset_queries):
    request_started.disconnect(receiver)

# What is loaded by now stays. To look through all of it for garbage would hold up every customer for a fifth of a
# second, again and again.
gc.freeze()
