"""`make bench-retrieval`: how well articles are found, and with `ARGS=--size` how long it takes among many."""

from __future__ import annotations

import os
import sys

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bot.settings")
    django.setup()
    from tests.retrieval.run import main

    sys.exit(main())
