"""`manage.py calibrate_answers`: fits the calibrator on the published articles, into knowledge/calibration.json."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand

from knowledge import calibrate, corpus


class Command(BaseCommand):
    help = "Finds how sure an answer must be, from the published articles' own wordings. Run after many new articles."

    def handle(self, *args: Any, **options: Any) -> None:
        found = calibrate.fit(calibrate.examples(corpus.current()))
        calibrate.save(found)
        self.stdout.write(json.dumps({"threshold": found.threshold, **found.figures}))
