"""What users and systems do to a running command: kill it, fill its disk, close its pipes."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest
from installed import COMMAND, namespace, whole


def copies(photo: Path, count: int) -> list[str]:
    """Copies of a picture that differ in a trailing byte, so that each has its own report."""
    names = []
    for index in range(count):
        copy = photo.with_name(f"copy{index:02}{photo.suffix}")
        copy.write_bytes(photo.read_bytes() + bytes([index]))
        names.append(copy.name)
    return names


def visible_in(folder: Path) -> list[Path]:
    """The reports a reader sees: what is still being written has a hidden name."""
    return [path for path in folder.glob("*") if not path.name.startswith(".")]


def shell(line: str, folder: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a line of bash with $unmask set; `pipefail` is on."""
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", line],
        cwd=folder,
        env=env | {"unmask": str(COMMAND)},
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )


@pytest.mark.slow
def test_two_processes_share_one_folder(environment, photo, tmp_path):
    names = copies(photo, 4)
    command = [str(COMMAND), "analyze", "--out", "out", "--format", "html,json", *names]
    running = [
        subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.DEVNULL)
        for _ in range(2)
    ]
    assert {process.wait(timeout=240) for process in running} <= {0, 3}
    reports = sorted((tmp_path / "out").iterdir())
    assert len(reports) == 2 * len(names)
    assert all(whole(report) for report in reports)


@pytest.mark.slow
def test_kill_9_leaves_no_half_report(environment, photo, tmp_path):
    names = copies(photo, 40)
    out = tmp_path / "out"
    for done in (1, 3, 6):
        shutil.rmtree(out, ignore_errors=True)
        process = subprocess.Popen(
            [str(COMMAND), "analyze", "--out", "out", "--format", "json,html", *names],
            cwd=tmp_path,
            env=environment,
            stdout=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 120
        while len(visible_in(out)) < done and time.monotonic() < deadline:
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
        assert process.wait(timeout=30) == -signal.SIGKILL
        visible = visible_in(out)
        assert len(visible) >= done
        assert all(whole(path) for path in visible)


def test_ctrl_c_keeps_what_is_done(environment, photo, tmp_path):
    names = copies(photo, 60)
    process = subprocess.Popen(
        [str(COMMAND), "analyze", "--json", "--out", "out", *names],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    deadline = time.monotonic() + 120
    while len(list(tmp_path.glob("out/*.json"))) < 3 and time.monotonic() < deadline:
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    entries = json.loads(out)
    assert 1 <= len(entries) < len(names)
    assert f"stopped: {len(entries)} of {len(names)} files are done" in err
    assert "Traceback" not in err


def test_a_folder_nobody_can_write_to(run, photo):
    ran = run("analyze", "--out", "/proc/reports", photo.name)
    assert ran.code == 2
    assert ran.err.startswith("error [disk]: cannot write to the folder /proc/reports")
    assert ran.out == ""


def test_a_full_disk_loses_no_verdict(environment, photo, tmp_path):
    """On a real file system of 16 kB where one may be mounted, else with an fsync that fails."""
    (tmp_path / "small").mkdir()
    line = f'"$unmask" analyze --json --out small {photo.name}'
    unshare = " ".join(namespace("-m"))
    if unshare:
        line = f"{unshare} bash -c 'mount -t tmpfs -o size=16k none small && {line}'"
    else:
        environment = environment | {"TEST_FULL_DISK": "1"}
    ran = shell(line, tmp_path, environment)
    assert ran.returncode in {2, 3}, ran.stderr
    assert "outcome" in json.loads(ran.stdout)[0]
    assert f"error [disk]: {photo.name}: " in ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_full_stdout_is_said(environment, photo, tmp_path):
    ran = shell(f'"$unmask" analyze --json {photo.name} > /dev/full', tmp_path, environment)
    assert ran.returncode == 2
    assert ran.stderr.startswith("error [disk]: cannot write to stdout")
    assert "Traceback" not in ran.stderr
    assert "Exception ignored" not in ran.stderr


@pytest.mark.parametrize("command", ["analyze --json", "analyze", "doctor", "--help"])
def test_a_reader_who_leaves_ends_it_quietly(environment, photo, tmp_path, command):
    name = photo.name if "analyze" in command else ""
    ran = shell(
        f'"$unmask" {command} {name} | true; echo "${{PIPESTATUS[0]}}"', tmp_path, environment
    )
    assert ran.stdout == "141\n", ran.stderr
    assert ran.stderr == ""


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", ">&- 2>&- <&-"])
def test_closed_standard_streams_do_no_harm(environment, photo, tmp_path, closed):
    ran = shell(f'"$unmask" analyze --out out {photo.name} {closed}', tmp_path, environment)
    assert ran.returncode in {0, 3}, ran.stderr
    reports = list((tmp_path / "out").iterdir())
    assert len(reports) == 2
    assert all(whole(report) for report in reports)
