"""Cues while frames arrive: the numbers of a whole file, from bursts of neighbours only."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cue_scenes import group, observe

from unmask.detectors.coherence import running
from unmask.detectors.coherence.measure import CueReader
from unmask.detectors.coherence.running import RunningCues
from unmask.types import FaceTrack

NAMES = ("gaze", "scene_motion")
BURST = 4


@pytest.fixture(scope="module")
def seen():
    """Two people in six bursts, a second from one to the next."""
    indices = [25 * burst + step for burst in range(6) for step in range(BURST)]
    return observe(group(2, seconds=6.0), indices)


def frames_and_faces(observation):
    for frame in observation.frames:
        yield (
            frame,
            {
                track.id: face
                for track in observation.tracks
                for face in track.faces
                if face.frame_index == frame.index
            },
        )


def run(observation, *, cut_at: int = 0, length: int = BURST) -> RunningCues:
    cues = RunningCues(NAMES, {}, length)
    for frame, faces in frames_and_faces(observation):
        cues.add(frame, faces, new_scene=frame.index == cut_at)
    return cues


def test_the_same_frames_give_the_numbers_of_a_whole_file(seen):
    cues = run(seen)
    whole = CueReader(NAMES).measure(seen, {})
    assert sorted(cues.measurements(), key=_key) == sorted(whole, key=_key)
    assert all(one.value is not None for one in cues.measurements())


def test_nothing_is_said_before_it_is_time_and_what_there_is_at_the_end(seen):
    two = replace(seen, frames=seen.frames[: 2 * BURST])
    cues = run(two)
    assert cues.measurements() == ()
    cues.read()
    values = {one.subject: one.value for one in cues.measurements() if one.name == "scene_motion"}
    parts = tuple(
        FaceTrack(t.id, tuple(f for f in t.faces if f.frame_index <= two.frames[-1].index))
        for t in seen.tracks
    )
    whole = CueReader(NAMES).measure(replace(two, tracks=parts), {})
    assert values == {one.subject: one.value for one in whole if one.name == "scene_motion"}


def test_a_burst_is_of_neighbours_in_one_scene(seen):
    holes = tuple(frame for frame in seen.frames if frame.index % 25 != 1)
    for cues in (run(replace(seen, frames=holes)), run(seen, length=5)):
        cues.read()
        assert cues.measurements() == ()
    cut = run(seen, cut_at=27)
    cut.read()
    kept = [frame.index for burst in cut._bursts for frame in burst.frames]
    assert kept == [frame.index for frame in seen.frames if frame.index // 25 != 1]


def test_whoever_has_left_keeps_what_was_read_of_them(seen):
    cues = RunningCues(NAMES, {}, BURST)
    for frame, faces in frames_and_faces(seen):
        cues.add(frame, faces, new_scene=False)
    before = {one.subject: one for one in cues.measurements() if one.name == "scene_motion"}
    for turn in (1, 2, 3):
        for frame, faces in frames_and_faces(seen):
            later = replace(frame, index=frame.index + 200 * turn, time_s=frame.time_s + 6 * turn)
            kept = {
                name: replace(face, frame_index=later.index, time_s=later.time_s)
                for name, face in faces.items()
                if name == "A"
            }
            cues.add(later, kept, new_scene=False)
    after = {one.subject: one for one in cues.measurements() if one.name == "scene_motion"}
    assert set(after) == {"A", "B"}
    assert after["B"].value == before["B"].value


def test_large_frames_leave_room_for_fewer_bursts(seen, monkeypatch):
    size = seen.frames[0].image_rgb.nbytes * BURST
    monkeypatch.setattr(running, "BYTES_MAX", 3 * size)
    assert len(run(seen)._bursts) == 3
    monkeypatch.setattr(running, "BYTES_MAX", 1)
    assert len(run(seen)._bursts) == running.BURSTS_MIN


def _key(one) -> tuple[str, str]:
    return one.subject, one.name
