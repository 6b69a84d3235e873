"""`manage.py calibrate_answers`: fits how articles are compared and how sure an answer must be."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand

from knowledge import calibrate, corpus


class Command(BaseCommand):
    help = (
        "Fits knowledge/metric.npz and knowledge/calibration.json on the published articles' own wordings and on "
        "knowledge/unanswerable.json, and prints how well left-out questions did. Takes some minutes. Run it after "
        "many new articles, and `manage.py reindex` after it."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        found = calibrate.run(corpus.current())
        for part, names, weights in (
            ("ranking", found.features, found.ranking),
            ("confidence", found.signals, found.weights),
        ):
            for name, weight in zip(names, weights, strict=True):
                self.stdout.write(f"{part:<12}{name:<18}{weight:>9.3f}")
        for name, value in found.figures.items():
            self.stdout.write(f"{'left out':<12}{name:<22}{value:>9.3f}")
        self.stdout.write(json.dumps({"threshold": found.threshold, **found.figures}))
