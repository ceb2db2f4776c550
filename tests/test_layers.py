"""The shape of the package, read from its syntax trees: layers, torch, print, size, `__all__`.

Imports point down only (docs/ARCHITECTURE.md). Rooms of one layer may use each other one way, never
in a circle. Every check is also run on a small tree that breaks it, so that none can pass idly.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parent.parent / "src" / "unmask"
LINES_MAX = 400

LAYERS = {
    "checks": 0,
    "types": 0,
    "errors": 0,
    "registry": 0,
    "settings": 0,
    "media": 1,
    "faces": 2,
    "models": 2,
    "detectors": 3,
    "explain": 3,
    "data": 3,
    "analyzer": 4,
    "conformal": 4,
    "profiles": 4,
    "robustness": 4,
    "watch": 4,
    "record": 4,
    "report": 4,
    "train": 4,
    "__init__": 4,  # the facade over analyzer
    "evaluate": 5,
    "cli": 6,
    "server": 6,
    "scale": 6,
    "__main__": 6,
}
HEAVY = {"torch", "torchvision", "timm"}
HEAVY_ROOMS = {"train", "data"}


@dataclass(frozen=True)
class Import:
    """One import: who (path below the package), the line, and the dotted name it asks for."""

    module: str
    line: int
    target: str

    @property
    def room(self) -> str:
        return room_of(self.module)


def room_of(module: str) -> str:
    """`media/text.py` -> media, `types.py` -> types."""
    return module.split("/")[0].removesuffix(".py")


def trees(source: Path) -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(source.rglob("*.py")):
        text = path.read_text("utf-8")
        yield path.relative_to(source).as_posix(), ast.parse(text, str(path))


def imports(source: Path) -> list[Import]:
    """Every import of every module, wherever it stands (also lazy and for type checking)."""
    found = []
    for module, tree in trees(source):
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                found += [Import(module, node.lineno, alias.name) for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                base = absolute(module, node)
                found += [Import(module, node.lineno, f"{base}.{a.name}") for a in node.names]
            elif isinstance(node, ast.Call) and called(node) == "import_module" and node.args:
                name = node.args[0]
                if isinstance(name, ast.Constant):
                    found.append(Import(module, node.lineno, str(name.value)))
    return found


def absolute(module: str, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    package = ["unmask", *module.split("/")[:-1]]
    above = package[: len(package) - node.level + 1]
    return ".".join([*above, *([node.module] if node.module else [])])


def called(node: ast.Call) -> str:
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def target_room(target: str) -> str | None:
    """The room an import asks for; None outside the package."""
    parts = target.split(".")
    if parts[0] != "unmask":
        return None
    if len(parts) > 1 and parts[1] in LAYERS:
        return parts[1]
    return "__init__"


def upward_imports(source: Path) -> list[str]:
    return [
        f"{one.module}:{one.line} imports {one.target}"
        for one in imports(source)
        if (to := target_room(one.target)) is not None and LAYERS[one.room] < LAYERS[to]
    ]


def circles(source: Path) -> list[str]:
    """Pairs of rooms that reach each other."""
    reach: dict[str, set[str]] = {}
    for one in imports(source):
        to = target_room(one.target)
        if to is not None and to != one.room:
            reach.setdefault(one.room, set()).add(to)
    for _ in LAYERS:
        for room, others in reach.items():
            reach[room] = others.union(*(reach.get(other, set()) for other in others))
    return [f"{room} reaches itself" for room, others in sorted(reach.items()) if room in others]


def heavy_imports(source: Path) -> list[str]:
    return [
        f"{one.module}:{one.line} imports {one.target}"
        for one in imports(source)
        if one.target.split(".")[0] in HEAVY and one.room not in HEAVY_ROOMS
    ]


def prints(source: Path) -> list[str]:
    return [
        f"{module}:{node.lineno} prints"
        for module, tree in trees(source)
        if room_of(module) != "cli"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "print"
    ]


def long_modules(source: Path) -> list[str]:
    sizes = {path: len(path.read_text("utf-8").splitlines()) for path in source.rglob("*.py")}
    return [
        f"{path.name}: {size} lines" for path, size in sorted(sizes.items()) if size > LINES_MAX
    ]


def export_order(name: str) -> tuple[int, str]:
    """CONSTANTS, then Classes, then the rest, each by name: the order ruff's RUF022 asks for."""
    return (0 if name.isupper() else 1 if name[:1].isupper() else 2), name


def unsorted_exports(source: Path) -> list[str]:
    """Modules whose `__all__` is not sorted or names something twice."""
    wrong = []
    for module, tree in trees(source):
        for node in tree.body:
            names = [t.id for t in getattr(node, "targets", []) if isinstance(t, ast.Name)]
            if "__all__" in names and isinstance(node, ast.Assign):
                listed = ast.literal_eval(node.value)
                if list(listed) != sorted(set(listed), key=export_order):
                    wrong.append(f"{module}: __all__ is not sorted")
    return wrong


CHECKS = {
    "imports point down": upward_imports,
    "no circles": circles,
    "torch only in train and data": heavy_imports,
    "print only in the command line": prints,
    "modules end at 400 lines": long_modules,
    "__all__ is sorted": unsorted_exports,
}


@pytest.mark.parametrize("name", CHECKS)
def test_the_package_keeps_its_shape(name):
    assert CHECKS[name](SOURCE) == []


def test_every_room_has_its_layer():
    rooms = {room_of(path.relative_to(SOURCE).as_posix()) for path in SOURCE.rglob("*.py")}
    assert rooms <= LAYERS.keys()


BREAKS = {
    "imports point down": [
        {"media/a.py": "from unmask.faces import b"},
        {"media/a.py": "def f():\n    from unmask.report import x"},
        {"faces/a.py": "from ..report import x"},
        {"media/a.py": "import unmask"},
        {"media/a.py": "from importlib import import_module\nimport_module('unmask.cli')"},
        {"types.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n import unmask.media"},
    ],
    "no circles": [
        {"faces/a.py": "import unmask.models", "models/b.py": "from unmask import faces"},
    ],
    "torch only in train and data": [
        {"models/a.py": "import torch.nn as nn"},
        {"detectors/a.py": "def f():\n    from timm.models import create_model"},
        {"faces/a.py": "from importlib import import_module\nimport_module('torchvision')"},
    ],
    "print only in the command line": [{"media/a.py": "print(1)"}],
    "modules end at 400 lines": [{"media/a.py": "\n" * 401}],
    "__all__ is sorted": [{"a.py": "__all__ = ['b', 'a']"}, {"a.py": "__all__ = ('a', 'a')"}],
}


@pytest.mark.parametrize(
    ("name", "files"), [(name, files) for name, broken in BREAKS.items() for files in broken]
)
def test_each_check_finds_what_it_is_for(tmp_path, name, files):
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    assert CHECKS[name](tmp_path)


def test_the_checks_let_good_trees_pass(tmp_path):
    good = {
        "faces/a.py": "from unmask.models import b\nfrom . import c",
        "train/a.py": "import torch",
        "cli/a.py": "print(1)\nfrom unmask import analyze",
        "types.py": "__all__ = ['a', 'b']",
    }
    for path, text in good.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    assert [finding for check in CHECKS.values() for finding in check(tmp_path)] == []
