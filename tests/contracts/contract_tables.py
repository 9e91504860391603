"""Small tables in every format, for the contract of the config."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import h5py
import numpy as np
import pandas as pd

N_ROWS = 60


def _table() -> pd.DataFrame:
    """Return three groups of 20 rows that differ in every feature."""
    rng = np.random.default_rng(0)
    which = np.arange(N_ROWS) % 3
    return pd.DataFrame(
        {
            "id": [f"c{row:03d}" for row in range(N_ROWS)],
            "x": np.round(30 + 10 * which + rng.normal(size=N_ROWS), 4),
            "y": np.round(9 - 4 * which + 0.3 * rng.normal(size=N_ROWS), 4),
            "shop": np.array(["north", "south", "east"])[which],
            "truth": np.array(["a", "b", "c"])[which],
        }
    )


def write_tables(folder: Path) -> None:
    """Write the tables that the rows of the contract name."""
    frame = _table()
    frame.to_csv(folder / "table.csv", index=False)
    frame.iloc[:45].to_csv(folder / "other.csv", index=False)
    frame.assign(x=frame["x"].mask(frame.index.isin([5, 7]))).to_csv(folder / "holes.csv", index=False)
    frame.assign(twin=2 * frame["x"] + 1).to_csv(folder / "twin.csv", index=False)
    frame.assign(shop=frame["shop"].replace("east", "Zürich")).to_csv(folder / "latin.csv", index=False, encoding="latin-1")
    words = np.array(["red", "green", "blue", "large", "small", "old", "new", "quick", "slow", "bright"])
    remarks = [" ".join(words[np.random.default_rng(row).permutation(10)[:5]]) for row in range(N_ROWS)]
    frame.assign(remark=remarks).to_csv(folder / "text.csv", index=False)
    frame.to_csv(folder / "semicolons.csv", index=False, sep=";")
    frame[["x", "y"]].to_csv(folder / "commas.csv", index=False, sep=";", decimal=",")
    frame.assign(x=[f"{1000 * value:,.0f}" for value in frame["x"]]).to_csv(folder / "thousands.csv", index=False)
    frame.assign(x=[str(value) if row != 5 else "unknown" for row, value in enumerate(frame["x"])]).to_csv(
        folder / "unknown.csv", index=False
    )
    frame.to_csv(folder / "misnamed.json", index=False)
    frame.to_json(folder / "lines.json", orient="records", lines=True)
    with h5py.File(folder / "two.h5", "w") as file:
        file["first"] = frame[["x", "y"]].to_numpy()
        file["second"] = frame[["x", "y"]].to_numpy()[:30]
    with sqlite3.connect(folder / "shops.sqlite") as connection:
        frame.to_sql("visits", connection, index=False)
    connection.close()
