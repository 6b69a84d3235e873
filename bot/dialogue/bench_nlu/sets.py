"""The public sets, cut the way their published figures were."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

Example = tuple[str, str]
"""A text and its intent."""

DRAWS = 3
"""A 10-shot figure is the mean over so many draws of the ten: one draw alone is a point off either way."""


class NoData(RuntimeError):
    """A public set is not there; the message says where it was looked for."""


@dataclass(frozen=True)
class Split:
    """One training and what is asked of it. `held` and `outside` only where a set has out-of-scope texts: in-scope
    texts that place the threshold, and texts that belong to no intent."""

    train: list[Example]
    test: list[Example]
    held: tuple[Example, ...] = ()
    outside: tuple[Example, ...] = ()


@dataclass(frozen=True)
class PublicSet:
    """`published`: accuracy in percent that others printed for it, and `by` whom or what. `few`: small enough for
    stock Rasa's hundred epochs on a laptop."""

    name: str
    title: str
    splits: Callable[[Path], list[Split]]
    published: float | None = None
    by: str = ""
    few: bool = False


def read(path: Path) -> list[Example]:
    """The examples of a JSON Lines file. Raises NoData when it is missing."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise NoData(f"{path} is not there. Give the folder of the public sets with --data FOLDER.") from error
    return [(row["text"], row["intent"]) for row in map(json.loads, lines)]


def ten_of_each(rows: list[Example], draw: int) -> list[Example]:
    """Ten examples of each intent, drawn by `draw` as the seed."""
    groups: dict[str, list[Example]] = defaultdict(list)
    for row in rows:
        groups[row[1]].append(row)
    dice = random.Random(draw)  # noqa: S311
    return [row for intent in sorted(groups) for row in dice.sample(groups[intent], min(10, len(groups[intent])))]


def _ten_shot(folder: str) -> Callable[[Path], list[Split]]:
    def splits(data: Path) -> list[Split]:
        train, test = read(data / folder / "train.jsonl"), read(data / folder / "test.jsonl")
        return [Split(ten_of_each(train, draw), test) for draw in range(DRAWS)]

    return splits


def _banking_full(data: Path) -> list[Split]:
    return [Split(read(data / "banking77/train.jsonl"), read(data / "banking77/test.jsonl"))]


def _clinc_small(data: Path) -> list[Split]:
    train, test, held, outside = (
        read(data / "clinc150" / f"small_{part}.jsonl") for part in ("train", "test", "val", "oos_test")
    )
    return [Split(train, test, tuple(held), tuple(outside))]


def _across(trained: str, asked: str) -> Callable[[Path], list[Split]]:
    def splits(data: Path) -> list[Split]:
        train, test = (read(data / "ha_intents" / f"{language}.jsonl") for language in (trained, asked))
        known = {intent for _text, intent in train}
        return [Split(train, [row for row in test if row[1] in known])]

    return splits


SETS = (
    PublicSet("banking77-10", "banking77, 10 of each", _ten_shot("banking77"), 85.2, "USE+ConveRT", few=True),
    PublicSet("banking77-full", "banking77, all", _banking_full, 93.7, "BERT, tuned"),
    PublicSet("clinc150-small", "CLINC150 small", _clinc_small, 95.2, "e5+USE, see below"),
    PublicSet("hwu64-10", "HWU64, 10 of each", _ten_shot("hwu64"), 85.8, "USE+ConveRT", few=True),
    PublicSet("ha-en-es", "home control, English → Spanish", _across("en", "es"), few=True),
    PublicSet("ha-es-en", "home control, Spanish → English", _across("es", "en"), few=True),
)
