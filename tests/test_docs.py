"""The pages that describe use name every command, option, setting, error kind and exit code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from unmask.cli.app import app
from unmask.errors import ErrorKind
from unmask.settings import Settings
from unmask.types import Outcome

ROOT = Path(__file__).resolve().parent.parent
USAGE = (ROOT / "docs" / "USAGE.md").read_text("utf-8")
READMES = [ROOT / "README.md", ROOT / "README.ko.md"]


@pytest.mark.parametrize("name", [*Settings.model_fields, *ErrorKind])
def test_usage_names_every_setting_and_error_kind(name):
    assert f"`{name}`" in USAGE


@pytest.mark.parametrize("code", ["0", "1", "2", "3", "4", "5", "130", "141"])
def test_usage_names_every_exit_code(code):
    assert re.search(rf"^\| .*\b{code}\b.* \|", USAGE, re.MULTILINE)


@pytest.mark.parametrize("page", READMES, ids=lambda page: page.name)
def test_readmes_name_the_commands_and_outcomes(page):
    text = page.read_text("utf-8")
    commands = [command.name for command in app.registered_commands]
    assert {"analyze", "evaluate", "train", "watch"} <= set(commands)
    others = ["data scan", "models list", "make demo", "make test", "pip install ."]
    for command in [*commands, *others]:
        assert command in text
    if page.name == "README.ko.md":
        assert all(f"`{outcome}`" in text for outcome in Outcome)


@pytest.mark.parametrize("page", sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").glob("*.md")))
def test_links_between_pages_lead_somewhere(page):
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), target


def test_options_of_analyze_stand_in_usage():
    from typer.main import get_command

    command = get_command(app).commands["analyze"]
    options = [name for parameter in command.params for name in parameter.opts]
    assert "--frames" in options
    assert [name for name in options if name.startswith("--") and name not in USAGE] == []
