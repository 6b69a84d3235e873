"""How a customer sounds, by the meaning of their words: the encoder's vectors against a few dozen written examples."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray

from bot.desk.sorting.judgement import Judgement
from bot.shop import understand

PATH = Path(__file__).with_name("moods.yml")
# A ridge over the examples; left out one at a time, 37 of 38 are told right (tests/desk/test_sorting.py).
RIDGE = 0.3
SHARP = 6.0


@lru_cache(maxsize=1)
def examples() -> tuple[tuple[str, str], ...]:
    """(text, mood)."""
    data: dict[str, list[str]] = yaml.safe_load(PATH.read_text(encoding="utf-8"))
    return tuple((text, mood) for mood, texts in data.items() for text in texts)


@lru_cache(maxsize=1)
def _fitted() -> tuple[tuple[str, ...], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """The moods, the middle of the examples, their vectors and the weights over them."""
    rows = np.stack([vector(text) for text, _mood in examples()])
    return fit(rows, [mood for _text, mood in examples()])


def fit(
    rows: NDArray[np.float64], belongs: list[str]
) -> tuple[tuple[str, ...], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """A ridge regression from vectors to moods; each mood weighs the same."""
    moods = tuple(dict.fromkeys(belongs))
    middle = rows.mean(axis=0)
    kernel = (rows - middle) @ (rows - middle).T
    wanted = np.array([[float(mood == each) - 1.0 / len(moods) for each in moods] for mood in belongs])
    weights = np.linalg.solve(kernel + RIDGE * np.eye(len(rows)), wanted)
    return moods, middle, rows, weights


def vector(text: str) -> NDArray[np.float64]:
    """Both encoders side by side: the second one hears tone better than E5, which is made for subjects."""
    from knowledge.encoder import base_encoder, cleaned
    from knowledge.second import second_encoder

    text = cleaned(text)
    first = np.array(base_encoder().embed_query(text), dtype=np.float64)
    second = second_encoder().question(text).astype(np.float64)
    return np.concatenate([first / np.linalg.norm(first), second / max(float(np.linalg.norm(second)), 1e-9)])


def told(fitted: tuple[tuple[str, ...], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]],
         row: NDArray[np.float64]) -> dict[str, float]:  # fmt: skip
    """The chance of each mood."""
    moods, middle, rows, weights = fitted
    scores = ((row - middle) @ (rows - middle).T) @ weights
    odds = np.exp(SHARP * (scores - scores.max()))
    return dict(zip(moods, (odds / odds.sum()).tolist(), strict=True))


def sentiment(texts: list[str]) -> Judgement | None:
    """The mood of the latest words; insults and shouting count wherever they stand. Raises EncoderError."""
    said = [text for text in texts if text.strip()]
    if not said:
        return None
    if any(understand.very_upset(text) for text in said[-3:]):
        return Judgement("upset", 0.95, "words")
    chances = told(_fitted(), vector("\n".join(said[-2:])))
    mood = max(chances, key=lambda each: chances[each])
    return Judgement(mood, round(chances[mood], 3), "models")
