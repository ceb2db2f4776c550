"""`unmask analyze`: rows, exit codes, streams, options, interruptions; the analyzer is a fake."""

from __future__ import annotations

import json
import os
import signal
import time
from collections import Counter
from pathlib import Path

import pytest

from unmask.cli.batch import (
    Row,
    Tally,
    as_unmask_error,
    interrupts_wait,
    terminate_as_interrupt,
)
from unmask.cli.errors_ko import ERRORS
from unmask.cli.table import result_text
from unmask.cli.words import outcome_words, reason_words, word
from unmask.errors import ErrorKind, RefusedError
from unmask.types import Outcome, Reason

EXIT_TABLE = [
    # files, exit code: the table of docs/USAGE.md, one row each, then mixtures
    (["manipulated.jpg"], 0),
    (["no_evidence.jpg"], 0),
    *[([f"{reason}.jpg"], 3) for reason in Reason],
    (["unsupported_type.jpg"], 4),
    (["too_large.jpg"], 4),
    (["empty_file.jpg"], 4),
    (["corrupt.jpg"], 4),
    (["truncated.jpg"], 4),
    (["no_video_stream.mp4"], 4),
    (["no_frames.mp4"], 4),
    (["bad_dimensions.jpg"], 4),
    (["too_many_pixels.jpg"], 4),
    (["time_limit.mp4"], 5),
    (["memory_limit.jpg"], 5),
    (["bug.jpg"], 1),
    (["no_evidence.jpg", "grey_zone.jpg"], 3),
    (["grey_zone.jpg", "corrupt.jpg", "manipulated.jpg"], 4),
    (["corrupt.jpg", "time_limit.mp4", "grey_zone.jpg"], 5),
    (["bug.jpg", "no_evidence.jpg"], 1),
    (["bug.jpg", "grey_zone.jpg"], 3),
]


@pytest.mark.parametrize(("names", "code"), EXIT_TABLE)
def test_exit_code_is_the_highest_seen_and_no_row_is_lost(run, files, names, code):
    files(*names)
    ran = run("analyze", "--json", *names)
    assert ran.code == code
    assert [entry["input"]["path"] for entry in ran.json] == names


def test_a_bug_is_never_hidden_by_a_higher_code(run, files):
    files("bug.jpg", "corrupt.jpg")
    ran = run("analyze", "bug.jpg", "corrupt.jpg")
    assert ran.code == 4
    assert "error [internal]: bug.jpg: ZeroDivisionError: division by zero" in ran.err
    assert "1 of these failures are bugs in unmask" in ran.err
    assert "Traceback" not in ran.err


def test_debugging_shows_the_traceback(run, files, monkeypatch):
    monkeypatch.setenv("UNMASK_DEBUG", "1")
    files("bug.jpg")
    assert "Traceback" in run("analyze", "bug.jpg").err


def test_json_prints_the_array_and_nothing_else_and_writes_nothing(run, files, tmp_path):
    files("manipulated.jpg", "corrupt.jpg")
    ran = run("analyze", "--json", "manipulated.jpg", "corrupt.jpg")
    report, error = json.loads(ran.out)
    assert report["outcome"] == "manipulated"
    assert error["error"] == {
        "kind": "corrupt",
        "message": "corrupt it is",
        "hint": "take another file",
    }
    assert sorted(path.name for path in tmp_path.iterdir()) == ["corrupt.jpg", "manipulated.jpg"]
    assert ran.err == "error [corrupt]: corrupt.jpg: corrupt it is — take another file\n"


def test_json_with_out_does_both(run, files, tmp_path):
    files("manipulated.jpg")
    ran = run("analyze", "--json", "--out", "here", "manipulated.jpg")
    assert len(ran.json) == 1
    suffixes = sorted(path.suffix for path in (tmp_path / "here").iterdir())
    assert suffixes == [".html", ".json"]


def test_the_table_tells_outcome_probability_reason_and_report_paths(run, files, tmp_path):
    files("manipulated.jpg", "grey_zone.jpg", "empty_file.jpg")
    ran = run("analyze", "--lang", "en", "manipulated.jpg", "grey_zone.jpg", "empty_file.jpg")
    lines = {line.split()[0]: line for line in ran.out.splitlines() if ".jpg " in line}
    assert "Manipulated" in lines["manipulated.jpg"]
    assert "0.968" in lines["manipulated.jpg"]
    assert "between the two thresholds" in lines["grey_zone.jpg"]
    assert "not analysed" in lines["empty_file.jpg"]
    assert "3 files: 1 manipulated, 1 inconclusive, 1 not analysed" in ran.out
    written = sorted(tmp_path.glob("unmask-reports/*"))
    assert len(written) == 4
    for path in written:
        assert f"  unmask-reports/{path.name}\n" in ran.out


def test_a_verdict_without_evidence_comes_with_its_caveat(run, files):
    files("no_evidence.jpg", "manipulated.jpg")
    assert "not proof that a file is genuine" in run("analyze", "no_evidence.jpg").out
    assert "진본이라는 증명이 아닙니다" in run("analyze", "--lang", "ko", "no_evidence.jpg").out
    assert "proof" not in run("analyze", "manipulated.jpg").out


@pytest.mark.parametrize("signal_name", ["interrupt", "terminate"])
def test_an_interruption_keeps_what_is_done(run, files, tmp_path, signal_name):
    names = ["manipulated.jpg", f"{signal_name}.jpg", "no_evidence.jpg"]
    files(*names)
    ran = run("analyze", "--lang", "en", *names)
    assert ran.code == {"interrupt": 130, "terminate": 143}[signal_name]
    assert "1 file: 1 manipulated" in ran.out
    assert "stopped: 1 of 3 files are done" in ran.err
    assert len(list(tmp_path.glob("unmask-reports/*"))) == 2


def test_json_is_whole_after_an_interruption(run, files):
    files("manipulated.jpg", "interrupt.jpg")
    ran = run("analyze", "--json", "manipulated.jpg", "interrupt.jpg")
    assert [entry["input"]["path"] for entry in ran.json] == ["manipulated.jpg"]
    assert run("analyze", "--json", "interrupt.jpg").json == []


def test_folders_expand_sorted_without_hidden_entries_or_earlier_reports(run, files, fakes):
    files("d/b.jpg", "d/a/z.jpg", "d/.hidden.jpg", "d/.git/x.jpg", "d/unmask-reports/old.json")
    (Path("d") / "link.jpg").symlink_to("b.jpg")
    ran = run("analyze", "--json", "--out", "d/unmask-reports", "d")
    assert [entry["input"]["path"] for entry in ran.json] == ["d/a/z.jpg", "d/b.jpg", "d/link.jpg"]
    assert fakes[0].links["link.jpg"] is False
    assert "2 hidden entries" in ran.err


def test_a_named_link_is_followed(run, files, fakes):
    files("a.jpg")
    Path("link.jpg").symlink_to("a.jpg")
    run("analyze", "--json", "link.jpg")
    assert fakes[0].links == {"link.jpg": True}


def test_files_of_one_name_in_two_folders_keep_their_reports(run, files, tmp_path):
    files("a/manipulated.jpg", "b/manipulated.jpg")
    ran = run("analyze", "--json", "a", "b")
    paths = [entry["input"]["path"] for entry in ran.json]
    assert paths == ["a/manipulated.jpg", "b/manipulated.jpg"]


def test_the_limit_of_files_holds_before_anything_is_analysed(run, files, fakes):
    files("d/1.jpg", "d/2.jpg", "3.jpg")
    ran = run("analyze", "--settings", "batch_files_max=2", "d", "3.jpg")
    assert ran.code == 2
    assert ran.err.startswith("error [usage]: more than 2 files — ")
    assert fakes == []


def test_an_impossible_name_gets_its_row(run):
    ran = run("analyze", "--json", "x" * 300, "a/b/c.jpg")
    assert ran.code == 4
    assert [entry["error"]["kind"] for entry in ran.json] == ["not_found", "not_found"]


def test_an_empty_folder_says_so(run, tmp_path):
    (tmp_path / "d").mkdir()
    ran = run("analyze", "d")
    assert (ran.code, ran.out) == (2, "")
    assert "the folders hold no files" in ran.err


def test_terminal_output_carries_no_control_characters(run, files):
    name = "manipulated-\x1b[31m\n\u202egpj.jpg"
    files(name)
    ran = run("analyze", name)
    printed = ran.out + ran.err
    assert not [char for char in printed if ord(char) < 32 and char != "\n"]
    assert "\u202e" not in printed


def test_a_name_that_is_not_utf8_gets_its_row(run, tmp_path):
    path = os.fsdecode(b"manipulated-\xff.jpg")
    (tmp_path / path).write_bytes(b"x")
    ran = run("analyze", "--json", path)
    assert ran.code == 0
    assert ran.json[0]["input"]["path"] == "manipulated-\ufffd.jpg"


USAGE_TABLE = [
    (["analyze"], "missing argument"),
    (["analyze", "--lang", "fr", "a.jpg"], "'fr' is not one of"),
    (["analyze", "--format", "docx", "a.jpg"], "unknown report format 'docx'"),
    (["analyze", "--format", ",", "a.jpg"], "--format is empty"),
    (["analyze", "--frames", "0", "a.jpg"], "frames: "),
    (["analyze", "--frames", "x", "a.jpg"], "invalid value for '--frames'"),
    (["analyze", "--settings", "frames", "a.jpg"], "takes KEY=VALUE"),
    (
        ["analyze", "--settings", "frmes=3", "a.jpg"],
        "unknown setting 'frmes' — did you mean frames",
    ),
    (["analyze", "--settings", "threads=-1", "a.jpg"], "threads: "),
    (["analyze", "--nonsense", "a.jpg"], "no such option: --nonsense"),
    (["analyse", "a.jpg"], "no such command 'analyse'"),
    (["rerun", "none.json"], "none.json cannot be read"),
]


@pytest.mark.parametrize(("arguments", "message"), USAGE_TABLE)
def test_bad_options_exit_2_with_one_line_and_a_hint(run, arguments, message):
    ran = run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("error [usage]: ")
    assert message in ran.err
    assert " — " in ran.err
    assert ran.err.count("\n") == 1


def test_less_memory_than_the_decoder_needs_is_refused_at_once(run, files):
    folder = files("manipulated.png")
    ran = run("analyze", folder / "manipulated.png", "--settings", "worker_memory_bytes=1000")
    assert ran.code == 2
    assert "worker_memory_bytes: input should be greater than or equal to 134217728" in ran.err


def test_a_file_whose_name_begins_with_a_dash_is_explained(run):
    Path("-dash.jpg").write_bytes(b"x")
    assert "named ./-dash.jpg" in run("analyze", "-dash.jpg").err


def test_a_bad_variable_is_named(run, monkeypatch):
    monkeypatch.setenv("UNMASK_FRAMES", "many")
    assert "change or unset the variable UNMASK_FRAMES" in run("analyze", "a.jpg").err


def test_options_reach_the_analyzer(run, files, fakes):
    files("a.jpg")
    run("analyze", "--json", "--frames", "7", "--bundle", "x", "--settings", "threads=3", "a.jpg")
    settings = fakes[0].settings
    assert (settings.frames, settings.bundle, settings.threads) == (7, "x", 3)
    assert fakes[0].closed


def test_register_and_narrator_reach_the_settings(run, files, fakes):
    files("a.jpg")
    run("analyze", "--json", "--register", "expert", "--narrator", "ollama:m", "a.jpg")
    settings = fakes[0].settings
    assert (settings.text_register, settings.llm) == ("expert", "ollama:m")
    assert run("analyze", "--register", "loud", "a.jpg").code == 2


def test_out_that_is_a_file_is_refused_before_the_work(run, files, fakes):
    files("a.jpg", "out")
    ran = run("analyze", "--out", "out", "a.jpg")
    assert ran.code == 2
    assert ran.err.startswith("error [disk]: cannot write to the folder out")
    assert fakes == []


def test_a_report_that_cannot_be_saved_keeps_its_verdict(run, files, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", "out/x.json")

    monkeypatch.setattr("unmask.report.write_reports", full)
    files("grey_zone.jpg")
    ran = run("analyze", "--json", "--out", "out", "grey_zone.jpg")
    assert ran.json[0]["outcome"] == "inconclusive"
    assert ran.code == 3
    assert "error [disk]: grey_zone.jpg: the report could not be written: out/x.json" in ran.err


@pytest.mark.parametrize(
    ("error", "kind", "next_step"),
    [
        (
            FileNotFoundError(2, "No such file or directory", "x.toml"),
            "not_found",
            "check the path",
        ),
        (IsADirectoryError(21, "Is a directory", "x"), "not_a_file", "which a folder"),
        (PermissionError(13, "Permission denied", "x"), "no_permission", "allow reading"),
        (OSError(28, "No space left on device", "x"), "disk", "free some space"),
        (OSError(5, "Input/output error", "x"), "disk", "check that the file and its disk"),
    ],
)
def test_an_error_of_the_system_is_told_by_its_kind(error, kind, next_step):
    failure = as_unmask_error(error)
    assert failure.kind == kind
    assert failure.message == f"{error.filename}: {error.strerror}"
    assert next_step in failure.hint
    assert failure.exit_code == (2 if kind == "disk" else 4)


def test_default_language_is_the_locales(run, files, monkeypatch):
    files("manipulated.jpg")
    assert "outcome" in run("analyze", "manipulated.jpg").out
    monkeypatch.setenv("LANG", "ko_KR.UTF-8")
    ran = run("analyze", "manipulated.jpg")
    assert "조작 확률" in ran.out
    assert "파일 1개: 조작으로 판정 1개" in ran.out
    monkeypatch.setenv("LC_ALL", "C")
    assert "outcome" in run("analyze", "manipulated.jpg").out


def test_errors_are_told_in_korean_with_the_kind_and_the_english_words(run, files, monkeypatch):
    files("corrupt.jpg")
    expected = (
        "오류 [corrupt]: corrupt.jpg: 파일이 손상되었습니다 — 파일을 다시 복사하거나 내려받아 "
        "주십시오 (corrupt it is — take another file)\n"
    )
    assert run("analyze", "--lang", "ko", "corrupt.jpg").err == expected
    monkeypatch.setenv("LANG", "ko_KR.UTF-8")
    assert run("analyze", "--frames", "0", "corrupt.jpg").err.startswith("오류 [usage]: 명령이나 ")
    assert set(ERRORS) == set(ErrorKind)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "a.mp4: could not be tested, there was no probability (too few usable frames)"),
        ("ko", "a.mp4: 확률을 얻지 못해 시험하지 못함(쓸 수 있는 프레임이 부족함)"),
    ],
)
def test_the_table_says_that_changes_could_not_be_tested(language, said):
    row = Row("a.mp4", Outcome.INCONCLUSIVE, 0.7, untested=("too_few_frames",))
    assert said in result_text(Tally([row]), language, saved=False)


def test_every_outcome_reason_and_error_kind_has_words_in_both_languages():
    told = [(word(kind, "en"), word(kind, "ko")) for kind in ErrorKind]
    told += [(reason_words(reason, "en"), reason_words(reason, "ko")) for reason in Reason]
    told += [(outcome_words(one, "en"), outcome_words(one, "ko")) for one in (*Outcome, None)]
    for english, korean in told:
        assert "_" not in english
        assert any("가" <= char <= "힣" for char in korean)


@pytest.mark.parametrize("width", [40, 80, 200])
def test_tables_fit_the_terminal(run, files, monkeypatch, width):
    from rich.cells import cell_len

    files("manipulated.jpg", "low_quality-with-a-rather-long-name-for-a-file.jpg")
    monkeypatch.setenv("COLUMNS", str(width))
    for language in ("en", "ko"):
        out = run("analyze", "--lang", language, "--out", "o", *sorted(Path().glob("*.jpg"))).out
        table = out[: out.index("unmask") if "unmask" in out else out.index("\n  o/")]
        assert max(cell_len(line) for line in table.splitlines()) <= width


@pytest.mark.parametrize(("narrow", "wide"), [(40, 59), (60, 109), (110, 300)])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_tables_fold_and_never_cut_off(monkeypatch, narrow, wide, language):
    rows = [
        Row("a-file-with-a-long-name-that-folds.jpg", Outcome.NO_EVIDENCE, 0.042, (0.0, 0.07)),
        Row(
            "사진.jpg", Outcome.INCONCLUSIVE, 0.59, (0.5, 0.66), ("grey_zone", "partial_decode"), 4
        ),
        Row("c.jpg", error=RefusedError(ErrorKind.TRUNCATED, "m", "h")),
    ]
    letters = []
    for width in (narrow, wide):
        monkeypatch.setenv("COLUMNS", str(width))
        table = result_text(Tally(rows), language, saved=False)
        letters.append(Counter(char for char in table if not char.isspace() and char != "─"))
    assert letters[0] == letters[1]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_waits_until_a_row_is_written(number):
    done = []

    def rows():
        with terminate_as_interrupt():
            with interrupts_wait():
                os.kill(os.getpid(), number)
                time.sleep(0.05)
                done.append("written")
            done.append("next")

    with pytest.raises(KeyboardInterrupt):
        rows()
    assert done == ["written"]


def test_a_second_interrupt_does_not_wait():
    done = []

    def row():
        with interrupts_wait():
            for _ in "12":
                os.kill(os.getpid(), signal.SIGINT)
                time.sleep(0.05)
                done.append("written")

    with pytest.raises(KeyboardInterrupt):
        row()
    assert done == ["written"]
