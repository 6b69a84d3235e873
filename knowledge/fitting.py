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

    def loss(solution: Array) -> tuple[float, Array, Array]:
        total = design @ solution
        chance = 1 / (1 + np.exp(-np.clip(total, -30, 30)))
        value = weight @ (np.logaddexp(0.0, total) - target * total) + solution @ ridge @ solution / 2
        gradient = design.T @ (weight * (chance - target)) + ridge @ solution
        curvature = (design * (weight * chance * (1 - chance))[:, None]).T @ design + ridge
        return float(value), gradient, curvature

    return newton(loss, design.shape[1])


def listwise(features: Array, right: NDArray[np.int_], penalty: float) -> Array:
    """Weights under which the softmax over each question's articles gives the right one its due.

    `features`: questions × articles × features, NaN where an article is no candidate; `right`: the article of each.
    The penalty weighs on each feature by its spread among the articles of a question: cosines lie close together.
    """
    missing = np.isnan(features).any(axis=2)
    spread = np.nanstd(features, axis=1).mean(axis=0) + 1e-6
    filled = np.where(missing[:, :, None], 0.0, features) / spread
    chosen = filled[np.arange(len(right)), right]
    count = filled.shape[2]

    def loss(solution: Array) -> tuple[float, Array, Array]:
        score = np.where(missing, -np.inf, filled @ solution)
        most = score.max(axis=1, keepdims=True)
        chance = np.exp(score - most)
        total = chance.sum(axis=1, keepdims=True)
        value = (most + np.log(total))[:, 0].sum() - (chosen @ solution).sum() + penalty * solution @ solution / 2
        chance /= total
        expected = np.einsum("qa,qaf->qf", chance, filled)
        gradient = (expected - chosen).sum(axis=0) + penalty * solution
        weighted = (filled * chance[:, :, None]).reshape(-1, count)
        curvature = weighted.T @ filled.reshape(-1, count) - expected.T @ expected + penalty * np.eye(count)
        return float(value), gradient, curvature

    return newton(loss, count) / spread


def newton(loss: Callable[[Array], tuple[float, Array, Array]], size: int) -> Array:
    """Where a convex loss (its value, gradient and curvature) is least. A step that leaps too far is halved."""
    solution = np.zeros(size)
    value, gradient, curvature = loss(solution)
    for _step in range(STEPS):
        step = np.linalg.solve(curvature, gradient)
        length = 1.0
        while length > 1e-6:
            tried = loss(solution - length * step)
            if tried[0] <= value - 1e-4 * length * float(gradient @ step):
                break
            length /= 2
        else:
            break
        solution = solution - length * step
        value, gradient, curvature = tried
        if np.abs(length * step).max() < 1e-7:
            break
    return solution


def agreeing(solve: Callable[[NDArray[np.bool_]], Array], wanted: Array) -> Array:
    """A solution in which every weight has its wanted sign; `solve` fits the columns it is told to keep.

    A weight that came out with the wrong sign corrected for another one on these examples. Outside them it would call
    a perfect match doubtful, so it is left out. A wanted sign of 0 lets the weight be.
    """
    kept = np.ones(len(wanted), dtype=bool)
    while kept.any():
        solution = np.zeros(len(wanted))
        solution[kept] = solve(kept)
        against = solution * wanted < 0
        if not against.any():
            return solution
        kept &= ~against
    return np.zeros(len(wanted))


def auroc(positive: Array, negative: Array) -> float:
    """The chance that an answerable question scores higher than one that is not."""
    return float((positive[:, None] > negative[None, :]).mean())
