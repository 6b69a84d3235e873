"""The two small regressions behind the calibration, by Newton's method."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

type Array = NDArray[np.float64]
STEPS = 40


def logistic(design: Array, target: Array, weight: Array, penalty: float) -> Array:
    """Weighted ridge logistic regression; the last column of `design` is the intercept and is not shrunk."""
    ridge = np.diag([*[penalty] * (design.shape[1] - 1), 0.0])

    def derivatives(solution: Array) -> tuple[Array, Array]:
        chance = 1 / (1 + np.exp(-np.clip(design @ solution, -30, 30)))
        gradient = design.T @ (weight * (chance - target)) + ridge @ solution
        curvature = (design * (weight * chance * (1 - chance))[:, None]).T @ design + ridge
        return gradient, curvature

    return newton(derivatives, design.shape[1])


def listwise(features: Array, right: NDArray[np.int_], penalty: float) -> Array:
    """Weights under which the softmax over each question's articles gives the right one its due.

    `features`: questions × articles × features, NaN where an article is no candidate; `right`: the article of each.
    """
    missing = np.isnan(features).any(axis=2)
    filled = np.where(missing[:, :, None], 0.0, features)
    chosen = filled[np.arange(len(right)), right]
    count = filled.shape[2]

    def derivatives(solution: Array) -> tuple[Array, Array]:
        score = np.where(missing, -np.inf, filled @ solution)
        chance = np.exp(score - score.max(axis=1, keepdims=True))
        chance /= chance.sum(axis=1, keepdims=True)
        expected = np.einsum("qa,qaf->qf", chance, filled)
        gradient = (expected - chosen).sum(axis=0) + penalty * solution
        weighted = (filled * chance[:, :, None]).reshape(-1, count)
        curvature = weighted.T @ filled.reshape(-1, count) - expected.T @ expected + penalty * np.eye(count)
        return gradient, curvature

    return newton(derivatives, count)


def newton(derivatives: Callable[[Array], tuple[Array, Array]], size: int) -> Array:
    solution = np.zeros(size)
    for _step in range(STEPS):
        gradient, curvature = derivatives(solution)
        step = np.linalg.solve(curvature, gradient)
        # Far from the solution a whole step can leap over it.
        solution -= step / max(1.0, float(np.abs(step).max()) / 5.0)
        if np.abs(step).max() < 1e-7:
            break
    return solution


def agreeing(solve: Callable[[NDArray[np.bool_]], Array], wanted: Array) -> Array:
    """A solution in which every weight has its wanted sign; `solve` fits the columns it is told to keep.

    A weight that came out with the wrong sign corrected for another one on these examples. Outside them it would call
    a perfect match doubtful, so it is left out. A wanted sign of 0 lets the weight be.
    """
    kept = np.ones(len(wanted), dtype=bool)
    while True:
        solution = np.zeros(len(wanted))
        solution[kept] = solve(kept)
        against = solution * wanted < 0
        if not against.any():
            return solution
        kept &= ~against


def auroc(positive: Array, negative: Array) -> float:
    """The chance that an answerable question scores higher than one that is not."""
    return float((positive[:, None] > negative[None, :]).mean())
