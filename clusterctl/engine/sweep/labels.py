"""Labels of trials that wait to be scored: in files of the work folder, never in memory."""

from __future__ import annotations

from pathlib import Path

import numpy as np


def write_labels(folder: Path, trial_id: int, labels: np.ndarray) -> None:
    """Keep the labels (n_points,) of a trial in the smallest integers that hold them."""
    np.save(_labels_path(folder, trial_id), labels.astype(np.min_scalar_type(-1 - int(labels.max(initial=0)))))


def read_labels(folder: Path, trial_id: int) -> np.ndarray:
    """Return the labels (n_points,) int64 of a trial."""
    return np.asarray(np.load(_labels_path(folder, trial_id)), dtype=np.int64)


def forget_labels(folder: Path, trial_id: int) -> None:
    """Remove the labels of a trial that is finished."""
    _labels_path(folder, trial_id).unlink(missing_ok=True)


def _labels_path(folder: Path, trial_id: int) -> Path:
    return folder / f"labels-{trial_id}.npy"
