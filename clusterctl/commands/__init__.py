"""The use cases as typed functions: what the command line and the Python interface call."""

from clusterctl.commands.run import RunResult, run, run_to_folder
from clusterctl.commands.schema import schema
from clusterctl.commands.validate import Validation, validate

__all__ = ["RunResult", "Validation", "run", "run_to_folder", "schema", "validate"]
