import ast
from pathlib import Path

import pytest

import edge_agent.coaching

FOLDER = Path(edge_agent.coaching.__path__[0])
MODULES = sorted(FOLDER.rglob("*.py"))


def imports(module: Path) -> set[str]:
    nodes = ast.walk(ast.parse(module.read_text(encoding="utf-8")))
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    nodes = ast.walk(ast.parse(module.read_text(encoding="utf-8")))
    return names | {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(FOLDER)))
def test_coaching_knows_neither_clock_nor_arrays_nor_tasks(module: Path) -> None:
    roots = {name.split(".")[0] for name in imports(module)}
    assert roots.isdisjoint({"asyncio", "cv2", "datetime", "numpy", "random", "threading", "time"})
