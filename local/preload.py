"""Imported once by the process that workers are forked from: the libraries that the service imports, and nothing of the service itself.

The libraries are found in the code, so the list cannot go stale. No module imported here may read a function's environment.
"""

import ast
import contextlib
import gc
import importlib
import os
from collections.abc import Iterator
from pathlib import Path

FOLDERS = "LOCAL_STACK_CODE"  # the variable with the folders of the service's code


def _libraries(folders: list[Path]) -> set[str]:
    files = [path for folder in folders for path in folder.rglob("*.py")]
    own = {path.stem for path in files} | {path.name for folder in folders for path in folder.iterdir() if path.is_dir()}
    names = {name for path in files for name in _imports(ast.parse(path.read_bytes()))}
    return {name for name in names if name.partition(".")[0] not in own}


def _imports(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        yield node.module
    elif not (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)):
        for child in ast.iter_child_nodes(node):
            yield from _imports(child)


libraries = _libraries([Path(folder) for folder in os.environ.get(FOLDERS, "").split(os.pathsep) if folder])
for library in sorted(libraries):
    with contextlib.suppress(Exception):
        importlib.import_module(library)
gc.freeze()  # forks share the memory of what is imported here
