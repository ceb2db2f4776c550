"""The command line in this process, with an analyzer that answers from file names."""

from __future__ import annotations

import json
import os
import signal
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from builders import build_report

from unmask.cli import main
from unmask.errors import ErrorKind, LimitError, RefusedError
from unmask.media.text import clean_name
from unmask.settings import Settings
from unmask.types import Outcome, Reason, Report

REASONS = {str(reason): reason for reason in Reason}


class FakeAnalyzer:
    """Answers by the file's stem: an outcome, a reason, an error kind, "bug" or a signal."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.links: dict[str, bool] = {}
        self.closed = False

    def __enter__(self) -> FakeAnalyzer:
        return self

    def __exit__(self, *_: object) -> None:
        self.closed = True

    def analyze(self, path: Path, *, follow_links: bool = True) -> Report:
        self.links[path.name] = follow_links
        stem = path.stem.split("-")[0]
        if not os.path.exists(path):  # noqa: PTH110 - Path.exists raises for odd names
            raise RefusedError(ErrorKind.NOT_FOUND, f"{path.name} does not exist", "check it")
        if stem == "bug":
            raise ZeroDivisionError("division by zero")
        if stem in {"interrupt", "terminate"}:
            os.kill(os.getpid(), signal.SIGINT if stem == "interrupt" else signal.SIGTERM)
        if stem in {"time_limit", "memory_limit"}:
            raise LimitError(ErrorKind(stem), "took too long", "make it smaller")
        if stem in set(ErrorKind):
            raise RefusedError(ErrorKind(stem), f"{stem} it is", "take another file")
        return self._report(stem, path)

    def _report(self, stem: str, path: Path) -> Report:
        kind = "video" if path.suffix == ".mp4" else "image"
        if stem in REASONS:
            people = 0 if stem == "no_face" else 1
            report = build_report(kind, Outcome.INCONCLUSIVE, people, reason=REASONS[stem])
        else:
            wanted = Outcome(stem) if stem in set(Outcome) else Outcome.NO_EVIDENCE
            report = build_report(kind, wanted)
        return replace(report, path_shown=clean_name(path.name))


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> object:
        return json.loads(self.out)


@pytest.fixture
def fakes(monkeypatch, tmp_path):
    """The fake analyzers that commands opened, newest last."""
    made: list[FakeAnalyzer] = []

    def opener(settings: Settings) -> FakeAnalyzer:
        made.append(FakeAnalyzer(settings))
        return made[-1]

    for module in ("analyze", "demo", "rerun"):
        monkeypatch.setattr(f"unmask.cli.{module}.open_analyzer", opener)
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "UNMASK_DEBUG", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return made


@pytest.fixture
def run(fakes, capsys):
    """Run one command line in a fresh folder and give its code and both streams."""

    def run_one(*arguments: str | Path) -> Ran:
        code = main([str(argument) for argument in arguments])
        streams = capsys.readouterr()
        return Ran(code, streams.out, streams.err)

    return run_one


@pytest.fixture
def files(tmp_path):
    """Make files (with their folders) of the given names; returns the folder they are in."""

    def make(*names: str) -> Path:
        for name in names:
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"x")
        return tmp_path

    return make
