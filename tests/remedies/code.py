"""The remedies' files, and their code as modules."""

import importlib.util
import sys
from pathlib import Path
from typing import Any

REMEDIES = Path(__file__).parents[2] / "rules" / "remedies"


def load_code(remedy: str, file: str) -> Any:
    """Return the module that a remedy's code file makes, as a person would paste it."""
    path = REMEDIES / remedy / file
    name = f"remedy_{remedy}_{path.stem}".replace("-", "_")
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
