"""The `clusterctl` command."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and exit with its code."""
    from clusterctl.cli import run_command_line
    from clusterctl.cli.streams import settle_streams

    settle_streams()
    sys.exit(run_command_line(sys.argv[1:]))


if __name__ == "__main__":
    main()
