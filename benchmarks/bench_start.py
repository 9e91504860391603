"""What `clusterctl --help` costs beside `python -c "import typer"`: seconds of whole processes, in turn, as a ratio.

usage: bench_start.py [--repeats 15]
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time

COMMANDS = {
    "python -c 'import typer'": [sys.executable, "-c", "import typer"],
    "clusterctl --help": [sys.executable, "-m", "clusterctl", "--help"],
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=15)
    repeats = parser.parse_args().repeats
    seconds: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(repeats + 1):  # the first round warms the file cache and is not counted
        for name, command in COMMANDS.items():
            start = time.perf_counter()
            subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
            seconds[name].append(time.perf_counter() - start)
    bare, ours = (statistics.median(found[1:]) for found in seconds.values())
    print(f"import typer {1000 * bare:.0f} ms, clusterctl --help {1000 * ours:.0f} ms, ratio {ours / bare:.2f}")


if __name__ == "__main__":
    main()
