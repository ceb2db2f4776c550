"""What is set up before a run: the allocator, which must keep what torch frees."""

from __future__ import annotations

import platform
import sys

import pytest
import torch

from unmask.train import prepare

pytestmark = pytest.mark.train


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="needs glibc's malloc")
def test_glibc_is_told_to_keep_memory_and_torch_still_computes() -> None:
    assert prepare.keep_freed_memory()
    big = [torch.ones(4_000_000) for _ in range(8)]
    assert float(sum(one.sum() for one in big)) == 32_000_000


def test_elsewhere_nothing_is_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert not prepare.keep_freed_memory()


def test_a_library_without_the_call_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepare.ctypes, "CDLL", lambda _: object())
    assert not prepare.keep_freed_memory()
