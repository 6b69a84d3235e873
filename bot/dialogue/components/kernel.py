"""Which intent a text has, judged by every example it resembles: kernel ridge regression.

A straight line between intents has to average over all the ways to say each of them; a kernel lets an example speak for
its own neighbourhood. On examples left out of data/nlu it is right 4 points more often than logistic regression over
the same embeddings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from bot.dialogue.components import softmax
from bot.dialogue.components.encoder import shared_encoder, unit
from bot.dialogue.components.ngrams import Ngrams, matrix

# Two texts are alike by exp(-NARROW * (1 - cosine)); RIDGE is added for each example.
# Both were chosen by the log loss of left-out examples, of ours and of the public sets' training parts.
NARROW, RIDGE = 1.5, 0.03
SHARPEST = 100.0
WORTH = 200
"""A message set right is worth so many questions to a slower encoder."""
FREQUENT = 1 / 12
"""An n-gram of so many of the examples is written out for all of them: to add up a whole row takes less time than to go
from place to place of a long list. There are some two hundred, in 7 MB."""


@dataclass(frozen=True)
class Reading:
    """What is made of likenesses: `coefficients` has a row per example and a column per intent; `sharpness` turns
    their sums into chances."""

    coefficients: np.ndarray
    sharpness: float

    @classmethod
    def trained(cls, likeness: np.ndarray, targets: np.ndarray) -> tuple[Reading, np.ndarray]:
        """`likeness`: the examples' mean cosines with each other; `targets`: the number of each one's intent. With it
        come the chances of each example's intents as all the others see them.

        The sharpness is the one under which each example is likeliest, judged by all the others; what they say without
        it follows from the inverse alone (Rifkin and Lippert, "Notes on Regularized Least Squares", 2007).
        """
        from scipy.linalg import lapack
        from scipy.optimize import minimize_scalar

        kernel = np.exp(-NARROW * (1.0 - likeness.astype(np.float64)))
        kernel[np.diag_indices_from(kernel)] += RIDGE
        factor, failed = lapack.dpotrf(kernel, lower=1, overwrite_a=1)
        inverse, failed_too = lapack.dpotri(factor, lower=1, overwrite_c=1)
        if failed or failed_too:
            raise ValueError("The examples' likenesses cannot be inverted: an embedding is not a number.")
        inverse = np.tril(inverse) + np.tril(inverse, -1).T
        wanted = np.eye(int(targets.max()) + 1)[targets]
        coefficients = inverse @ wanted
        others = wanted - coefficients / np.diag(inverse)[:, None]
        rows = np.arange(len(targets))

        def surprise(sharpness: float) -> float:
            logits = others * sharpness
            most = logits.max(axis=1)
            return float((np.log(np.exp(logits - most[:, None]).sum(axis=1)) + most - logits[rows, targets]).mean())

        found = minimize_scalar(surprise, bounds=(1.0, SHARPEST), method="bounded")
        return cls(coefficients.astype(np.float32), float(found.x)), softmax.shares(others * found.x)

    def chances(self, likeness: np.ndarray) -> np.ndarray:
        """The chance of each intent of one text, from its mean cosine with each example; they sum to 1."""
        return softmax.shares(np.exp(-NARROW * (1.0 - likeness)) @ self.coefficients * self.sharpness)


def sure_enough(chances: np.ndarray, later: np.ndarray) -> float:
    """The best chance from which on asking a further encoder is not worth it, learnt from examples left out.

    `chances`: of each example's intents before that encoder is asked; `later`: after. The least sure are asked about
    first, and as many as bring most: how much likelier the intent becomes that is then chosen, less the asking.
    To count which examples are set right or wrong instead would leave it to the few that are.
    """
    best = chances.max(axis=1)
    gains = later.max(axis=1) - later[np.arange(len(later)), chances.argmax(axis=1)] - 1 / WORTH
    order = np.argsort(best)
    worth = np.cumsum(gains[order])
    last = int(worth.argmax())
    return float(np.nextafter(best[order[last]], 2.0)) if worth[last] > 0 else 0.0


@dataclass(frozen=True)
class Kernel:
    """The examples, seen by each encoder from the middle of them all, and as n-grams.

    `encoders`: how much each one's cosine counts, `characters`: the n-grams'. The first reading knows the first encoder
    only, the last one knows all. `enough`: the best chance from which on each is believed; the last one always is.
    `columns`: for each n-gram, where its examples begin in `places` and `weights`.
    """

    encoders: dict[str, float]
    characters: float
    middles: tuple[np.ndarray, ...]
    examples: tuple[np.ndarray, ...]
    ngrams: Ngrams
    columns: np.ndarray
    places: np.ndarray
    weights: np.ndarray
    readings: tuple[Reading, ...]
    enough: tuple[float, ...]

    @classmethod
    def trained(
        cls, encoders: dict[str, float], characters: float, texts: Sequence[str], targets: np.ndarray
    ) -> Kernel:
        """Fitted on `texts` whose intents have the numbers `targets`. Raises EncoderError for an unknown encoder."""
        ngrams = Ngrams.of(texts if characters else [])
        sparse = matrix(texts, ngrams, 1.0)
        sums = np.asarray((sparse @ sparse.T).todense(), dtype=np.float32) * characters
        total, middles, examples, readings, seen = characters, [], [], [], []
        for name, weight in encoders.items():
            vectors = shared_encoder(name).encode(list(texts))
            middles.append(vectors.mean(axis=0))
            # e5 keeps every text within a narrow cone; what tells them apart is small beside the middle they share.
            # By columns: so one text is compared with all of them in half the time.
            examples.append(np.asfortranarray(unit(vectors - middles[-1]), dtype=np.float32))
            sums += weight * (examples[-1] @ examples[-1].T)
            total += weight
            reading, chances = Reading.trained(sums / total, targets)
            readings.append(reading)
            seen.append(chances)
        turned = sparse.tocsc()
        return cls(
            encoders, characters, tuple(middles), tuple(examples), ngrams,
            turned.indptr, turned.indices, turned.data, tuple(readings),
            (*(sure_enough(one, seen[-1]) for one in seen[:-1]), 0.0),
        )  # fmt: skip

    def chances(self, text: str, enough: float = 1.0) -> np.ndarray:
        """The chance of each intent. The next encoder is asked only while the best chance is not enough: less than
        `enough` and than what the training found."""
        sums, total = self.characters * self._shared_ngrams(text), self.characters
        chances = np.zeros(0)
        for place, (name, weight) in enumerate(self.encoders.items()):
            vector = shared_encoder(name).encode([text]) - self.middles[place]
            sums += weight * (self.examples[place] @ unit(vector)[0])
            total += weight
            chances = self.readings[place].chances(sums / total)
            if chances.max() >= min(enough, self.enough[place]):
                break
        return chances

    def _shared_ngrams(self, text: str) -> np.ndarray:
        """The cosine of the text's n-grams with those of each example."""
        columns, weights = self.ngrams.vector(text)
        row_of, rows = self._frequent
        places = row_of[columns]
        frequent = places >= 0
        found = weights[frequent] @ rows[places[frequent]]
        columns, weights = columns[~frequent], weights[~frequent]
        begins, ends = self.columns[columns].tolist(), self.columns[columns + 1].tolist()
        for begin, end, weight in zip(begins, ends, weights, strict=True):
            # An example occurs once in a column.
            found[self.places[begin:end]] += weight * self.weights[begin:end]
        return found

    @cached_property
    def _frequent(self) -> tuple[np.ndarray, np.ndarray]:
        """The number of each n-gram's row, -1 of most, and the rows of the frequent ones: a weight for each example."""
        examples = len(self.examples[0])
        frequent = np.flatnonzero(np.diff(self.columns) >= FREQUENT * examples)
        row_of = np.full(len(self.columns) - 1, -1, dtype=np.int32)
        row_of[frequent] = np.arange(len(frequent))
        rows = np.zeros((len(frequent), examples), dtype=np.float32)
        for row, column in zip(rows, frequent, strict=True):
            span = slice(*self.columns[column : column + 2])
            row[self.places[span]] = self.weights[span]
        return row_of, rows

    def arrays(self) -> dict[str, np.ndarray]:
        """What `of_arrays` needs."""
        lists = {"middle": self.middles, "examples": self.examples}
        lists["coefficients"] = tuple(reading.coefficients for reading in self.readings)
        return {
            "encoders": np.array(list(self.encoders)),
            "counting": np.array(list(self.encoders.values())),
            "characters": np.array(self.characters),
            "sharpness": np.array([reading.sharpness for reading in self.readings]),
            "enough": np.array(self.enough),
            "ngrams": self.ngrams.keys,
            "rarity": self.ngrams.rarity,
            "columns": self.columns,
            "places": self.places,
            "weights": self.weights,
            **{f"{name}{place}": array for name, arrays in lists.items() for place, array in enumerate(arrays)},
        }

    @classmethod
    def of_arrays(cls, stored: Any) -> Kernel:
        """The kernel that `arrays` told about."""
        encoders = dict(zip(stored["encoders"].tolist(), stored["counting"].tolist(), strict=True))
        places = range(len(encoders))
        return cls(
            encoders,
            float(stored["characters"]),
            tuple(stored[f"middle{place}"] for place in places),
            tuple(stored[f"examples{place}"] for place in places),
            Ngrams(stored["ngrams"], stored["rarity"]),
            stored["columns"],
            stored["places"],
            stored["weights"],
            tuple(Reading(stored[f"coefficients{place}"], float(stored["sharpness"][place])) for place in places),
            tuple(stored["enough"].tolist()),
        )
