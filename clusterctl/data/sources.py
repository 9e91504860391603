"""From what `data_source` says to a local file of the bytes as fetched."""

from __future__ import annotations

import difflib
import re
import stat
from pathlib import Path

from clusterctl.data.access import Access
from clusterctl.data.settings import ClusteringData
from clusterctl.data.table import Fetched
from clusterctl.errors import ConfigError, DataLoadError

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")


def scheme_of(source: str) -> str | None:
    """Return the lower-case scheme of a URL, None for a path or `-`."""
    found = _SCHEME.match(source)
    return found[1].lower() if found else None


def is_database(source: str) -> bool:
    """Tell whether a source is a SQLAlchemy URL: of any scheme that is not one for files and web addresses."""
    return scheme_of(source) not in (
        None,
        "http",
        "https",
        "file",
        "ftp",
        "sftp",
        "s3",
        "gs",
        "az",
        "abfs",
        "hdfs",
        "local",
        "memory",
        "data",
    )


def fetch(settings: ClusteringData, folder: Path, shown: str, access: Access, scratch: Path) -> Fetched:
    """Return the source as a file: a path as it is, a URL and standard input as a copy (in the cache folder or `scratch`).

    Raises DataLoadError where it cannot be had, ConfigError for a scheme that is not served.
    """
    source = settings.data_source
    scheme = scheme_of(source)
    if source == "-":
        from clusterctl.data.standard_input import spool

        return spool(access, scratch)
    if scheme in ("http", "https"):
        from clusterctl.data.download import download

        return download(source, shown, settings.checksum, access, scratch)
    if scheme is not None:
        raise ConfigError(
            f"clustering_data.data_source: {scheme}:// is not served",
            hint="a path, http(s)://, a SQLAlchemy URL with clustering_data.read_options.query, or - for stdin",
        )
    return _local(folder / Path(source).expanduser(), shown)


def _local(path: Path, shown: str) -> Fetched:
    secret = "${" in shown  # what NAME stands for is shown nowhere, nor are its neighbours
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise DataLoadError(f"{shown}: this is a folder, not a file", hint=None if secret else _inside(path))
        if not stat.S_ISREG(mode):  # before it is opened: opening a pipe waits for its writer
            raise DataLoadError(f"{shown}: this is no regular file", hint='pipes are read from standard input: data_source: "-"')
        with path.open("rb"):
            pass
    except (FileNotFoundError, NotADirectoryError):
        raise DataLoadError(f"{shown}: there is no such file", hint=None if secret else _near(path)) from None
    except PermissionError:
        raise DataLoadError(f"{shown}: no permission to read it", hint="check the rights of the file and its folders") from None
    except (OSError, ValueError) as error:
        raise DataLoadError(f"{shown}: cannot be read: {getattr(error, 'strerror', None) or error}") from None
    return Fetched(path, path.name, shown)


def _near(path: Path) -> str:
    folder = path.parent
    if not folder.is_dir():
        return f"the folder {folder} does not exist; relative paths are taken from the config's own folder"
    names = sorted(entry.name for entry in folder.iterdir() if entry.is_file())[:5000]
    near = difflib.get_close_matches(path.name, names, n=3, cutoff=0.5)
    if near:
        return f"in {folder} there is {', '.join(near)}"
    return f"looked in {folder}; relative paths are taken from the config's own folder"


def _inside(path: Path) -> str:
    files = sorted(entry.name for entry in path.iterdir() if entry.is_file())[:5]
    return f"name a file in it: {', '.join(files)}" if files else "name a file"
