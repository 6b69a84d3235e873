"""Multinomial logistic regression over two kinds of features at once."""

from __future__ import annotations

from typing import Any

import numpy as np

STEPS = 80
"""Of L-BFGS. The likelihood of data/nlu does not grow after them."""


def shares(logits: np.ndarray) -> np.ndarray:
    """The probability of each class of one text, or of the text of each row, from its logits."""
    exponents = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(exponents / exponents.sum(axis=-1, keepdims=True))


def fit(
    dense: np.ndarray, sparse: Any, targets: np.ndarray, classes: int, C: float, balanced: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Weights and bias, a row per class: L2-penalised maximum likelihood by L-BFGS.

    `dense`: (texts, d) float32; `sparse`: (texts, m) scipy CSR, m may be 0; `targets`: class numbers; `C`: inverse of
    the penalty; `balanced`: every class weighs the same, however many texts it has. scikit-learn would need one matrix
    of either kind, which is tens of times slower here.
    """
    from scipy.optimize import minimize

    count, width = dense.shape
    shape = (width + sparse.shape[1] + 1, classes)
    turned = sparse.T.tocsr()
    rows = np.arange(count)
    share = np.ones((count, 1), dtype=np.float32)
    if balanced:
        share = (count / classes / np.bincount(targets, minlength=classes))[targets, None].astype(np.float32)

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        weights = flat.astype(np.float32).reshape(shape)
        logits = dense @ weights[:width] + sparse @ weights[width:-1] + weights[-1]
        logits -= logits.max(axis=1, keepdims=True)
        chances = np.exp(logits)
        chances /= chances.sum(axis=1, keepdims=True)
        likelihood = float((share[:, 0] * np.log(chances[rows, targets] + 1e-12)).sum())
        value = -C * likelihood + 0.5 * float((weights[:-1] ** 2).sum())
        chances[rows, targets] -= 1
        chances *= share
        slope = np.concatenate([dense.T @ chances, turned @ chances, chances.sum(axis=0, keepdims=True)]) * C
        slope[:-1] += weights[:-1]
        return value, slope.ravel().astype(np.float64)

    options = {"maxiter": STEPS, "maxcor": 8, "ftol": 1e-6}
    found = minimize(loss, np.zeros(shape[0] * classes), jac=True, method="L-BFGS-B", options=options)
    weights = found.x.astype(np.float32).reshape(shape)
    return np.ascontiguousarray(weights[:-1].T), weights[-1]
