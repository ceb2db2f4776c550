"""Report files: names, atomic writing, two at once, full disks, the same bytes every time."""

from __future__ import annotations

import errno
import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from unmask.errors import ErrorKind, UsageError
from unmask.report import WRITERS, write_reports
from unmask.report.writer import base_name, write_file
from unmask.types import Outcome

SHA = "0123456789abcdef" * 4


def test_files_of_both_languages(tmp_path, report_of):
    files = write_reports(
        report_of(), tmp_path / "new" / "out", ["json", "html", "pdf"], ["ko", "en"]
    )
    assert [file.name for file in files] == [
        "sample-01234567.json",
        "sample-01234567.ko.html",
        "sample-01234567.en.html",
        "sample-01234567.ko.pdf",
        "sample-01234567.en.pdf",
    ]
    assert sorted(p.name for p in (tmp_path / "new" / "out").iterdir()) == sorted(
        file.name for file in files
    )
    assert json.loads(files[0].read_text("utf-8"))["outcome"] == "manipulated"


@pytest.mark.parametrize("name", ["json", "html", "pdf"])
def test_the_same_report_gives_the_same_bytes(name, tmp_path, report_of):
    report = report_of("video", Outcome.MANIPULATED, 3)
    first, second = (
        write_reports(report, tmp_path / folder, [name], ["ko"])[0] for folder in ("a", "b")
    )
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.slow
def test_another_process_gives_the_same_bytes(tmp_path):
    support = Path(__file__).parent.parent / "support"
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from pathlib import Path; from builders import build_report\n"
        "from unmask.report import write_reports\n"
        "report = build_report('video', 'manipulated', 3)\n"
        "write_reports(report, Path(sys.argv[2]), ['json', 'html', 'pdf'], ['ko'])\n"
    )
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": f"UTC+{seed}"}
        subprocess.run(
            [sys.executable, "-c", code, str(support), str(tmp_path / seed)],
            check=True,
            env=environment,
        )
    for file in (tmp_path / "1").iterdir():
        assert file.read_bytes() == (tmp_path / "2" / file.name).read_bytes()


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("photo.jpg", "photo-01234567"),
        ("/deep/folder/한글 사진.JPG", "한글_사진-01234567"),
        ("../../etc/passwd", "passwd-01234567"),
        ("C:\\temp\\x.png", "x-01234567"),
        ("..", "file-01234567"),
        (".hidden", "hidden-01234567"),
        ("-rf.jpg", "rf-01234567"),
        ("a\nb\x00c\u202e.jpg", "a_bc-01234567"),
        ("***.jpg", "file-01234567"),
        ("<script>.jpg", "script-01234567"),
        ("\udcff.jpg", "file-01234567"),
        ("\u1112\u1161\u11ab.jpg", "한-01234567"),
        ("", "unnamed-01234567"),
    ],
)
def test_names_are_safe(path, expected):
    assert base_name(path, SHA) == expected


@pytest.mark.parametrize("letter", ["x", "한", "🙂", "é"])
def test_long_names_fit_every_file_system(letter, tmp_path, report_of):
    report = replace(report_of(), path_shown=letter * 5000 + ".jpg")
    (file,) = write_reports(report, tmp_path, ["json"], ["ko"])
    assert len(file.name.encode()) < 200
    assert re.fullmatch(r"[\w.-]+", file.name)


def test_a_file_in_place_of_the_folder_is_named(tmp_path, report_of):
    blocked = tmp_path / "blocked"
    blocked.write_text("here first", "utf-8")
    for folder in (blocked, blocked / "below"):
        with pytest.raises(UsageError) as caught:
            write_reports(report_of(), folder, ["json"], ["ko"])
        assert caught.value.kind is ErrorKind.DISK
        assert "--out" in caught.value.hint
    assert blocked.read_text("utf-8") == "here first"


@pytest.mark.parametrize(
    ("number", "said"),
    [(errno.ENOSPC, "room"), (errno.EACCES, "may write"), (errno.EROFS, "may write")],
)
def test_a_disk_that_fails_leaves_the_old_report_and_no_trace(number, said, tmp_path, monkeypatch):
    target = tmp_path / "report.json"
    target.write_bytes(b"old")

    def fail(_: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(UsageError) as caught:
        write_file(target, b"new")
    assert caught.value.kind is ErrorKind.DISK
    assert said in caught.value.hint
    assert target.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["report.json"]


def test_a_folder_without_permission(tmp_path, monkeypatch, report_of):
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(UsageError) as caught:
        write_reports(report_of(), tmp_path / "locked", ["json"], ["ko"])
    assert caught.value.kind is ErrorKind.DISK


def test_two_at_once_never_show_half_a_file(tmp_path):
    target = tmp_path / "report.bin"
    contents = [bytes([i]) * 400_000 for i in range(8)]
    write_file(target, contents[0])

    def look(_: int) -> bool:
        return target.read_bytes() in contents

    with ThreadPoolExecutor(8) as pool:
        writing = [pool.submit(write_file, target, content) for content in contents * 4]
        seen = list(pool.map(look, range(60)))
        for job in writing:
            job.result()
    assert all(seen)
    assert [p.name for p in tmp_path.iterdir()] == ["report.bin"]


def test_what_does_not_exist_is_refused_before_anything_is_written(tmp_path, report_of):
    with pytest.raises(UsageError, match="report format 'pfd'") as caught:
        write_reports(report_of(), tmp_path, ["json", "pfd"], ["ko"])
    assert "pdf" in caught.value.hint
    with pytest.raises(UsageError, match="language 'fr'"):
        write_reports(report_of(), tmp_path, ["json"], ["ko", "fr"])
    with pytest.raises(UsageError, match="language"):
        write_reports(report_of(), tmp_path, ["json"], [])
    assert list(tmp_path.iterdir()) == []


def test_formats_asked_for_twice_are_written_once(tmp_path, report_of):
    files = write_reports(report_of(), tmp_path, ["json", "json", "html"], ["ko", "ko"])
    assert len(files) == 2


@pytest.mark.parametrize("name", list(WRITERS))
def test_a_single_writer_writes_one_file(name, tmp_path, report_of):
    writer = WRITERS.get(name)()
    file = tmp_path / f"one.{writer.extension}"
    writer.write(report_of(), file)
    assert file.stat().st_size > 1000
