"""The house holds: imports point down only, starting up is light, and nothing can execute what it reads."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "clusterctl"

LEVELS: dict[str, int] = {
    "errors": 0,
    "events": 0,
    "strict": 0,
    "__init__": 0,
    "values": 1,
    "kernels": 2,
    "results.models": 2,
    "results.base": 2,
    "results.characteristics": 2,
    "results.scores": 2,
    "results.metadata": 2,
    "results.protected": 2,
    "results.sweep": 2,
    "results.evaluation": 2,
    "results.comparison": 2,
    "results.recommendation": 2,
    "results.starter": 2,
    "algorithms": 3,
    "metrics": 3,
    "plots": 3,
    "preprocessing": 3,
    "data": 3,
    "analysis": 3,
    "config": 4,
    "engine": 5,
    "results": 5,
    "recommendation": 6,
    "report": 6,
    "starter": 6,
    "commands": 7,
    "api": 8,
    "cli": 8,
    "__main__": 9,
}
HEAVY = ("numpy", "pandas", "sklearn", "matplotlib", "pyarrow", "scipy", "hdbscan", "seaborn", "h5py", "pydantic")


def room_of(module: str) -> str:
    parts = module.split(".")[1:]
    if not parts:
        return "__init__"
    two = ".".join(parts[:2])
    return two if two in LEVELS else parts[0]


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def name_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(path: Path) -> Iterator[str]:
    """Every clusterctl module a file imports, inside functions too, but for annotations alone."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    typing_only = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] == "clusterctl")
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "clusterctl":
            for alias in node.names:
                candidate = PACKAGE.parent.joinpath(*node.module.split("."), alias.name)
                is_module = candidate.with_suffix(".py").exists() or candidate.is_dir()
                yield f"{node.module}.{alias.name}" if is_module else node.module


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_down_only(path: Path) -> None:
    own = room_of(name_of(path))
    for imported in imports_of(path):
        other = room_of(imported)
        if other == own or imported == "clusterctl" or (own.startswith("results.") and other.startswith("results.")):
            continue
        if {own, other} == {"engine", "results"}:
            assert own == "engine", f"{name_of(path)} imports {imported}: the store knows no engine"
            continue
        assert LEVELS[other] < LEVELS[own], f"{name_of(path)} (level {LEVELS[own]}) imports {imported} (level {LEVELS[other]})"


def test_importing_the_command_line_loads_no_heavy_library() -> None:
    program = f"import sys, clusterctl.cli; print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_checking_a_config_loads_no_numerical_library() -> None:
    program = (
        "import sys; from clusterctl.config.load import load_config; "
        "load_config({'clustering_data': {'data_source': 'a.csv'}, 'clustering_configuration': {'algorithm': 'kmeans'}}); "
        "print([name for name in sys.argv[1:] if name in sys.modules])"
    )
    heavy = [name for name in HEAVY if name != "pydantic"]
    done = subprocess.run([sys.executable, "-c", program, *heavy], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


FORBIDDEN_CALLS = ("eval", "exec", "pickle.load", "pickle.loads", "joblib.load", "yaml.load", "pd.read_hdf", "pd.read_pickle")


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_nothing_executes_what_it_reads(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            if name == "yaml.load":
                loader = [keyword for keyword in node.keywords if keyword.arg == "Loader"] or node.args[1:]
                assert loader, f"{path.name}:{node.lineno}: yaml.load without a loader of ours"
                continue
            assert name not in FORBIDDEN_CALLS, f"{path.name}:{node.lineno} calls {name}"
            allowed = [keyword for keyword in node.keywords if keyword.arg == "allow_pickle"]
            assert all(isinstance(keyword.value, ast.Constant) and keyword.value.value is False for keyword in allowed)


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_pyplot_and_its_global_state_stay_out(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "matplotlib.pyplot" not in text
    assert "import pyplot" not in text


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_the_command_line_prints(path: Path) -> None:
    if name_of(path).startswith("clusterctl.cli"):
        return
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        assert not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"), (
            f"{path.name}:{node.lineno}"
        )


def test_every_file_is_short_enough_for_one_idea() -> None:
    long = {str(path.relative_to(PACKAGE)): len(path.read_text().splitlines()) for path in modules()}
    assert {name: lines for name, lines in long.items() if lines > 320} == {}
