"""The installed command offline: demo, JSON, exit codes, names, languages, the same bits twice."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import shutil
import subprocess
import unicodedata
from pathlib import Path

import pytest
from installed import COMMAND, whole
from jsonschema import Draft202012Validator
from rich.cells import cell_len

import unmask
from unmask.cli.demo import samples
from unmask.report import read_schema, report_to_dict

VARIABLE = ("created", "timings_s")


def stable(entry: dict[str, object]) -> dict[str, object]:
    """A report without what tells of the run instead of the file."""
    return {key: value for key, value in entry.items() if key not in VARIABLE}


@pytest.mark.slow
def test_demo_writes_whole_reports_in_both_languages(run, tmp_path, base_environment):
    defaults = {"UNMASK_BUNDLES_DIR": str(tmp_path), "UNMASK_BUNDLE": "default"}
    ran = run("demo", "--out", "reports", env=defaults)
    assert ran.code == 0, ran.err
    reports = sorted((tmp_path / "reports").iterdir())
    assert len(reports) == 5 * len(samples())
    assert all(whole(report) for report in reports)
    for report in reports:
        assert f"  reports/{report.name}\n" in ran.out
    assert len({path.suffix for path in samples()} & {".mp4", ".webm", ".mkv"}) >= 1


def test_json_keeps_the_published_schema(run, photo, clip, tmp_path):
    (tmp_path / "empty.jpg").touch()
    ran = run("analyze", "--json", photo.name, clip.name, "empty.jpg", "nothing.jpg")
    validator = Draft202012Validator(read_schema())
    assert [entry["input"]["path"] for entry in ran.json][2:] == ["empty.jpg", "nothing.jpg"]
    for entry in ran.json:
        assert list(validator.iter_errors(entry)) == []
    picture, film, empty, missing = ran.json
    assert (picture["input"]["kind"], film["input"]["kind"]) == ("image", "video")
    assert all(face["time_s"] is None and face["timeline"] == [] for face in picture["faces"])
    assert any(face["timeline"] for face in film["faces"])
    assert (empty["error"]["kind"], missing["error"]["kind"]) == ("empty_file", "not_found")
    assert ran.code == 4


def test_the_same_file_gives_the_same_bits(run, photo, clip):
    first = run("analyze", "--json", photo.name, clip.name)
    second = run("analyze", "--json", photo.name, clip.name)
    assert [stable(entry) for entry in first.json] == [stable(entry) for entry in second.json]


def test_python_and_the_command_say_the_same(run, photo, tiny, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("UNMASK_BUNDLES_DIR", str(tiny.parent))
    monkeypatch.setenv("UNMASK_BUNDLE", tiny.name)
    ours = stable(json.loads(json.dumps(report_to_dict(unmask.analyze(photo)))))
    theirs = stable(run("analyze", "--json", photo.name).json[0])
    assert theirs == ours


BAD = {
    "empty.jpg": (b"", "empty_file"),
    "text.jpg": (b"hello, this is no picture\n" * 40, "unsupported_type"),
    "cut.png": (None, "truncated"),
    "list.mp4": (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "unsupported_type"),
}


def test_a_batch_goes_on_after_bad_files_and_loses_no_row(run, photo, tmp_path):
    from PIL import Image

    with Image.open(photo) as image:
        image.convert("RGB").save(tmp_path / "whole.png")
    half = (tmp_path / "whole.png").read_bytes()
    for name, (data, _) in BAD.items():
        (tmp_path / name).write_bytes(half[: len(half) // 2] if data is None else data)
    os.mkfifo(tmp_path / "fifo.jpg")
    names = [*BAD, "fifo.jpg", "missing.jpg", photo.name]
    ran = run("analyze", "--json", *names)
    assert ran.code == 4
    assert [entry["input"]["path"] for entry in ran.json] == names
    kinds = [entry["error"]["kind"] for entry in ran.json[:-1]]
    assert kinds == [*(kind for _, kind in BAD.values()), "not_a_file", "not_found"]
    assert "outcome" in ran.json[-1]
    assert ran.err.count("error [") == len(names) - 1
    assert "Traceback" not in ran.err


ODD_NAMES = [
    "사진.jpg",
    unicodedata.normalize("NFD", "사진 풀어쓴.jpg"),
    "emoji 🙂 name.jpg",
    "new\nline.jpg",
    "tab\tand\x1b[31mred.jpg",
    "\u202egpj.exe.jpg",
    "-rf.jpg",
    "a'b\"c`d$(e).jpg",
    "[bold]markup[-bold].jpg",
    " leading and trailing .jpg",
    "x" * 251 + ".jpg",
    "..jpg",
    "con.jpg",
    "no_extension",
]


def test_odd_names_are_analysed_and_shown_clean(run, photo, tmp_path):
    folder = tmp_path / "odd"
    folder.mkdir()
    for name in ODD_NAMES:
        shutil.copy(photo, folder / name)
    shutil.copy(photo, folder / os.fsdecode(b"bytes-\xff\xfe.jpg"))
    arguments = [f"odd/{name}" for name in os.listdir(folder)]  # noqa: PTH208 - names, not paths
    ran = run("analyze", "--format", "html,json", "--out", "out", "--", *arguments)
    assert ran.code in {0, 3}, ran.err
    assert ran.err == ""
    forbidden = [c for c in ran.out if c != "\n" and unicodedata.category(c) in {"Cc", "Cf"}]
    assert forbidden == []
    assert f"{len(ODD_NAMES) + 1} files" in ran.out
    assert all(whole(path) for path in (tmp_path / "out").iterdir())


def test_rerun_reproduces_or_says_what_differs(run, photo, clip, tmp_path, tiny):
    run("analyze", "--format", "json", photo.name, clip.name)
    for report in (tmp_path / "unmask-reports").iterdir():
        again = run("rerun", report)
        assert (again.code, again.err) == (0, ""), again.out
    report = next((tmp_path / "unmask-reports").glob("photo*"))
    changed = tmp_path / "bundles" / "tiny"
    shutil.copytree(tiny, changed)
    card = json.loads((changed / "card.json").read_text())
    card["verdict"]["threshold"] = 0.9375
    (changed / "card.json").write_text(json.dumps(card))
    other = run("rerun", "--json", "--bundle", str(changed), report)
    where = [one["where"] for one in json.loads(other.out)["differences"]]
    assert other.code == 3
    assert "model.sha256" in where
    assert "threshold" in where
    with photo.open("ab") as file:
        file.write(b"\0")
    moved = run("rerun", "--json", report)
    assert moved.code == 3
    assert "input.sha256" in {one["where"] for one in json.loads(moved.out)["differences"]}


@pytest.mark.parametrize("locale", ["C", "POSIX", "ko_KR.EUC-KR", "en_US.ISO-8859-1"])
def test_any_locale_works(run, photo, tmp_path, locale):
    korean = photo.rename(tmp_path / f"얼굴{photo.suffix}")
    env = {"LC_ALL": locale, "LANG": locale}
    ran = run("analyze", "--lang", "both", korean.name, env=env)
    assert ran.code in {0, 3}, ran.err
    assert len(list((tmp_path / "unmask-reports").iterdir())) == 3
    assert run("analyze", "--json", korean.name, env=env).json[0]["input"]["path"] == korean.name


def test_ascii_only_output_is_still_json(run, photo, tmp_path):
    korean = photo.rename(tmp_path / f"얼굴{photo.suffix}")
    env = {"PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
    ran = run("analyze", "--json", korean.name, env=env)
    assert ran.out.isascii()
    assert ran.json[0]["input"]["path"] == korean.name
    assert "\\u" in run("analyze", "--lang", "ko", korean.name, env=env).out


@pytest.mark.parametrize("width", [80, 140])
@pytest.mark.parametrize(
    ("language", "head"), [("ko_KR.UTF-8", "조작 확률"), ("C.UTF-8", "P(manip")]
)
def test_on_a_terminal_the_table_fits_in_both_languages(environment, photo, language, head, width):
    env = environment | {"LC_ALL": language, "TERM": "xterm-256color", "COLUMNS": str(width)}
    text = run_on_terminal(
        [str(COMMAND), "analyze", "--bundle", "tiny", photo.name], photo.parent, env
    )
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)
    assert head in plain
    assert "\x1b[" in text
    table = [line for line in plain.splitlines() if head in line or photo.name in line]
    assert table
    assert all(cell_len(line.split("\r")[-1]) <= width for line in table)


def test_json_goes_to_stdout_while_the_bar_runs_on_the_terminal(environment, photo):
    command = [str(COMMAND), "analyze", "--json", photo.name, "missing.jpg"]
    master, slave = pty.openpty()
    out = photo.with_name("out.json")
    with out.open("wb") as file:
        process = subprocess.Popen(
            command, cwd=photo.parent, env=environment, stdout=file, stderr=slave
        )
    os.close(slave)
    screen = read_terminal(master, process)
    entries = json.loads(out.read_text("utf-8"))
    assert [entry["input"]["path"] for entry in entries] == [photo.name, "missing.jpg"]
    assert "missing.jpg does not exist — check the spelling" in screen
    assert "2/2" in screen  # how many steps between are drawn depends on the machine
    assert '"outcome"' not in screen


def run_on_terminal(command: list[str], folder: Path, env: dict[str, str]) -> str:
    """What a command prints when stdout and stderr are a terminal."""
    master, slave = pty.openpty()
    process = subprocess.Popen(command, cwd=folder, env=env, stdout=slave, stderr=slave)
    os.close(slave)
    return read_terminal(master, process)


def read_terminal(master: int, process: subprocess.Popen[bytes]) -> str:
    """All that a process writes to its terminal until it ends; closes the terminal."""
    data = b""
    while process.poll() is None or select.select([master], [], [], 0)[0]:
        if select.select([master], [], [], 0.2)[0]:
            try:
                data += os.read(master, 65536)
            except OSError:  # Linux says EIO once the other side is closed
                break
    process.wait(timeout=240)
    os.close(master)
    return data.decode("utf-8", "replace")
