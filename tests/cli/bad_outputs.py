"""Bad output folders: taken, not ours, not to be written to."""

from __future__ import annotations

from pathlib import Path

from bad_case import Bad, config


def a_link_to_a_folder(path: Path) -> None:
    (path.parent / "real").mkdir()
    path.symlink_to("real")


CASES = (
    Bad("not_empty_without_force", 8, ("out", "not empty", "--force"), config=config(), command=("run", "c.yaml", "-o", "out")),
    Bad(
        "directory_in_the_config_without_force",
        8,
        ("out", "--force"),
        config=config("{data_source: t.csv}", "{algorithm: kmeans, n_clusters: 2}", "output: {directory: out}"),
        command=("run", "c.yaml"),
    ),
    Bad(
        "folder_is_not_ours",
        8,
        ("letters", "no run"),
        config=config(),
        files={"letters/love.txt": "dear"},
        command=("run", "c.yaml", "-o", "letters", "--force"),
    ),
    Bad("stranger_in_the_folder", 8, ("notes.txt", "not clusterctl's"), config=config(), files={"out/notes.txt": "mine"}),
    Bad("stranger_in_a_subfolder", 8, ("plots/own.doc",), config=config(), files={"out/plots/own.doc": "mine"}),
    Bad(
        "stranger_in_the_default_folder",
        8,
        ("notes.txt",),
        config=config(),
        files={"runs/c/results.json": "{}", "runs/c/notes.txt": "mine"},
        command=("run", "c.yaml"),
    ),
    Bad("output_is_a_file", 8, ("t.csv", "not a folder"), config=config(), command=("run", "c.yaml", "-o", "t.csv", "--force")),
    Bad("parent_is_a_file", 8, ("t.csv", "is a file"), config=config(), command=("run", "c.yaml", "-o", "t.csv/out")),
    Bad(
        "output_is_a_link",
        8,
        ("link", "symbolic link"),
        config=config(),
        files={"link": a_link_to_a_folder},
        command=("run", "c.yaml", "-o", "link", "--force"),
    ),
    Bad(
        "output_is_the_current_folder", 8, ("current folder", "--output"), config=config(), command=("run", "c.yaml", "-o", ".", "--force")
    ),
    Bad("output_is_above_the_current_folder", 8, ("current folder",), config=config(), command=("run", "c.yaml", "-o", "..", "--force")),
    Bad("name_too_long", 8, ("cannot",), config=config(), command=("run", "c.yaml", "-o", "x" * 300)),
)
