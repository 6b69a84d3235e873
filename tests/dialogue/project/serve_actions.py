"""Runs the test project's actions behind the real action server; the argument is the port."""

import sys

import uvicorn
from django.conf import settings

if __name__ == "__main__":
    settings.configure(DATABASES={})
    from actions.server import KEEP_ALIVE_SECONDS, build
    from bot import tracing

    tracing.start("actions")
    uvicorn.run(
        build(["tests.dialogue.project.scripted"]),
        host="127.0.0.1",
        port=int(sys.argv[1]),
        access_log=False,
        log_level="warning",
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
    )
