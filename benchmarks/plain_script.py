"""The script that a user writes without clusterctl: pandas, scikit-learn and pyplot, nothing clever. `bench_run.py` times it.

usage: plain_script.py TABLE.csv FOLDER
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.metrics import calinski_harabasz_score, davies_bouldin_score, silhouette_score
from sklearn.preprocessing import StandardScaler


def main(source: str, folder: str) -> None:
    out = Path(folder)
    out.mkdir(parents=True, exist_ok=True)
    table = pd.read_csv(source)
    X = StandardScaler().fit_transform(table)
    model = KMeans(n_clusters=8, n_init=10, random_state=0).fit(X)
    scores = {
        "silhouette_score": silhouette_score(X, model.labels_, sample_size=10_000, random_state=0),
        "calinski_harabasz_score": calinski_harabasz_score(X, model.labels_),
        "davies_bouldin_score": davies_bouldin_score(X, model.labels_),
    }
    plane = PCA(2).fit_transform(X)
    plt.figure(figsize=(8, 6))
    plt.scatter(plane[:, 0], plane[:, 1], c=model.labels_, s=2, cmap="tab10")
    plt.savefig(out / "scatter.png", dpi=150)
    result = {"inertia": model.inertia_, "scores": scores, "centers": model.cluster_centers_.tolist(), "labels": model.labels_.tolist()}
    (out / "results.json").write_text(json.dumps(result))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
