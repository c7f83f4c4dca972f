"""Within-class covariance normalisation (Hatch, Kajarekar and Stolcke 2006).

Wordings of one question differ in style (formal, telegraphic, language), passages that answer one
question in their subject; the directions in which they differ are shrunk, so that what is left
tells classes apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

# Shrinkage of the covariance, as a multiple of its mean eigenvalue. Nearest other wording of the
# same FAQ entry among 683, entries unseen: 51 % without whitening, 65 % with 1 to 3, 61 % with 10.
SHRINKAGE = 2.0


@dataclass(frozen=True, slots=True)
class Whitening:
    """``mean`` (dimension,) is taken off, then ``matrix`` (dimension, dimension) applied."""

    mean: np.ndarray
    matrix: np.ndarray

    def apply(self, vectors: np.ndarray) -> np.ndarray:
        """Whitened unit vectors, (n, dimension) float32."""
        turned = (vectors - self.mean) @ self.matrix
        norms = np.linalg.norm(turned, axis=-1, keepdims=True)
        return np.asarray(turned / np.maximum(norms, 1e-9), dtype=np.float32)


def fit_whitening(
    vectors: np.ndarray, labels: Sequence[str], *, within: Sequence[str] | None = None
) -> Whitening:
    """From (n, dimension) vectors and the class of each; only the classes ``within`` (all when
    None) tell how vectors of one class differ."""
    keys = np.array(labels)
    spread = [
        vectors[keys == key] - vectors[keys == key].mean(axis=0)
        for key in dict.fromkeys(labels if within is None else within)
    ]
    differences = np.concatenate(spread)
    values, axes = np.linalg.eigh(differences.T @ differences / len(differences))
    scale = 1.0 / np.sqrt(values + SHRINKAGE * values.mean())
    return Whitening(vectors.mean(axis=0), (axes * scale) @ axes.T)
