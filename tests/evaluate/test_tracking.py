"""Errors of tracks against known truth: switches, mixed tracks, cuts, faces nobody has."""

import numpy as np
import pytest

pytest.importorskip("pandas")

from unmask.evaluate.tracking import TrackCounts, count_errors
from unmask.types import Face, FaceTrack

LEFT, RIGHT, NOWHERE = (0.0, 0.0, 40.0, 50.0), (100.0, 0.0, 140.0, 50.0), (300.0, 0.0, 340.0, 50.0)
TRUTH = np.tile(np.array([LEFT, RIGHT], np.float32), (6, 1, 1))
VISIBLE = np.ones((6, 2), bool)


def track(name, *places):
    """A track of faces (frame, box)."""
    return FaceTrack(
        name,
        tuple(Face(np.array(box, np.float32), 0.9, frame, frame / 25) for frame, box in places),
    )


def counted(*tracks, visible=VISIBLE, cuts=()):
    return count_errors(tracks, range(6), TRUTH, visible, cuts)


def whole(name, box, frames=range(6)):
    return track(name, *((frame, box) for frame in frames))


def test_faultless_tracks_have_no_errors():
    found = counted(whole("A", LEFT), whole("B", RIGHT))
    assert found == TrackCounts(12, 12, 0, 0, 0, 0, 2, 2)


def test_a_track_that_breaks_is_one_switch_and_still_of_one_person():
    found = counted(whole("A", LEFT, range(3)), whole("C", LEFT, range(3, 6)), whole("B", RIGHT))
    assert (found.switches, found.mixed, found.tracks) == (1, 0, 3)


def test_tracks_that_change_over_are_two_switches_and_two_mixed_tracks():
    first = track("A", *((n, LEFT if n < 3 else RIGHT) for n in range(6)))
    second = track("B", *((n, RIGHT if n < 3 else LEFT) for n in range(6)))
    found = counted(first, second)
    assert (found.switches, found.mixed) == (2, 2)


def test_after_a_cut_a_new_track_is_no_switch_and_an_old_one_an_error():
    apart = counted(
        whole("A", LEFT, range(3)), whole("B", LEFT, range(3, 6)), whole("C", RIGHT), cuts=(3,)
    )
    assert (apart.switches, apart.over_cut, apart.people) == (0, 1, 4)


def test_hidden_faces_are_not_missed_and_strangers_are_counted():
    visible = VISIBLE.copy()
    visible[2:4, 1] = False
    found = counted(whole("A", LEFT), whole("X", NOWHERE, (1,)), visible=visible)
    assert (found.faces, found.found, found.strangers) == (10, 6, 1)


def test_counts_add_up():
    one = counted(whole("A", LEFT), whole("B", RIGHT))
    assert (one + one).faces == 24
