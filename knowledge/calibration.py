"""The fitted numbers: how the parts of a score weigh, and how sure an answer is by its signals."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from knowledge.scoring import FEATURES, SIGNALS, Three

FILE = Path(__file__).with_name("calibration.json")


@dataclass(frozen=True)
class Calibration:
    """P(an article answers) = logistic(intercept + Σ weight × (signal − mean) / scale); answered from `threshold`.

    `unknown` is what a signal counts as where it is NaN. `ranking` weighs FEATURES; `kin_guess` estimates the last of
    them. `figures` say how well it did.
    """

    encoder: str
    features: tuple[str, ...]
    ranking: tuple[float, ...]
    gaps: Three
    kin_guess: tuple[float, ...]
    signals: tuple[str, ...]
    means: tuple[float, ...]
    scales: tuple[float, ...]
    weights: tuple[float, ...]
    unknown: tuple[float, ...]
    intercept: float
    threshold: float
    figures: dict[str, float]

    def confidence(self, signals: Sequence[float]) -> float:
        """0 to 1; 0 without signals (nothing was found)."""
        if not signals:
            return 0.0
        total = self.intercept
        for weight, value, mean, scale, usual in zip(
            self.weights, signals, self.means, self.scales, self.unknown, strict=True
        ):
            deviation = ((usual if math.isnan(value) else value) - mean) / scale
            total += weight * max(-3.0, min(3.0, deviation))
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


@lru_cache(maxsize=1)
def calibration() -> Calibration:
    """The committed calibration. Raises ValueError when it is of another version of the scoring."""
    data: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    lists: dict[str, Any] = {key: tuple(value) for key, value in data.items() if isinstance(value, list)}
    found = Calibration(**{**data, **lists})
    if (found.signals, found.features) != (SIGNALS, FEATURES):
        raise ValueError(
            f"{FILE.name} is of other signals than knowledge/scoring.py; run `manage.py calibrate_answers`."
        )
    return found


def save(found: Calibration) -> None:
    FILE.write_text(json.dumps(asdict(found), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    calibration.cache_clear()
