"""The network over time: it learns a planted flicker and nothing else, resumes, and is exported."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from sklearn.metrics import roc_auc_score

from unmask.data.clips import Clip, ClipPerson
from unmask.detectors.track_features import TrackFeatures
from unmask.errors import UsageError
from unmask.train.clip_readings import Reading, TrackReading
from unmask.train.runlog import RunLog
from unmask.train.temporal import TemporalTrainer, Tracks, gather, run_network
from unmask.train.temporal_config import TemporalConfig, is_temporal, read_temporal_config
from unmask.train.temporal_export import check_temporal_parity, export_temporal
from unmask.train.temporal_network import TemporalNetwork

pytestmark = pytest.mark.train
WIDE = 12
CONFIG = TemporalConfig(
    bundle="none", data=("none",), projection=8, hidden=8, dropout=0.3, epochs=40, batch=16, lr=0.01
)


def one_track(rng, *, flicker=0.0, offset=0.0, drift=0.0, frames=16):
    """Features that stay nearly where they are, but along one direction flicker, lie off, drift."""
    along = np.ones(WIDE) / np.sqrt(WIDE)
    course = flicker * rng.normal(size=frames) + offset + drift * np.linspace(-1, 1, frames)
    features = rng.normal(0, 1, WIDE) + rng.normal(0, 0.05, (frames, WIDE))
    features = (features + course[:, None] * along).astype(np.float32)
    burst = np.arange(frames) // 4 * 0.7 + np.arange(frames) % 4 * 0.04
    return TrackFeatures(
        "A", features, np.zeros((frames, 3)), burst, np.arange(frames, dtype=np.int64)
    )


def drawn(count, seed, **fault):
    rng = np.random.default_rng(seed)
    return tuple(one_track(rng, frames=int(rng.integers(8, 20)), **fault) for _ in range(count))


def tracks(seed=0, count=40):
    """Half of the tracks flicker; all of them lie off and drift alike."""
    seen = (
        *drawn(count, seed, drift=1.0),
        *drawn(count, seed + 1, flicker=0.8, drift=1.0),
    )
    fake = np.arange(2 * count) >= count
    return Tracks(seen, fake, np.array(["made"] * (2 * count), object))


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    out = tmp_path_factory.mktemp("run")
    trainer = TemporalTrainer(CONFIG, out, {"train": tracks(0, 80), "val": tracks(10, 20)})
    trainer.run()
    return trainer


def test_it_learns_the_flicker_and_its_controls_do_not_trigger_it(trained):
    network = trained.best_network()
    test = tracks(20, 30)
    assert roc_auc_score(test.fake, run_network(network, test.seen)) > 0.95
    for control in ({"offset": 3.0}, {"drift": 1.0}, {}):
        logits = run_network(network, drawn(30, 30, **control))
        assert (logits > 0).mean() < 0.2, control
    assert (run_network(network, drawn(30, 31, flicker=0.8)) > 0).mean() > 0.8


def test_the_run_is_a_run_like_any_other(trained):
    lines = RunLog(trained.out).validations()
    assert [line["epoch"] for line in lines] == list(range(1, len(lines) + 1))
    assert {"train_loss", "train_accuracy", "val_loss", "val_accuracy", "auc"} <= set(lines[0])
    for name in ("config.json", "curves.png", "checkpoint.safetensors", "best.safetensors"):
        assert (trained.out / name).is_file()
    assert is_temporal(trained.out)


@pytest.mark.parametrize("bidirectional", [False, True])
def test_padding_changes_nothing_and_the_export_agrees(bidirectional):
    torch.manual_seed(0)
    network = TemporalNetwork(WIDE, projection=8, hidden=8, bidirectional=bidirectional).eval()
    features, gaps = torch.randn(3, 9, WIDE), torch.rand(3, 9)
    lengths = torch.tensor([9, 4, 6])
    with torch.no_grad():
        together = network(features, gaps, lengths)
        alone = [
            network(features[i : i + 1, :n], gaps[i : i + 1, :n]) for i, n in enumerate(lengths)
        ]
    torch.testing.assert_close(together, torch.cat(alone), atol=1e-5, rtol=0)
    assert check_temporal_parity(network, export_temporal(network)) < 1e-5


def test_an_export_of_another_network_is_refused():
    torch.manual_seed(0)
    model = export_temporal(TemporalNetwork(WIDE, projection=8, hidden=8))
    with pytest.raises(UsageError, match="differs from torch"):
        check_temporal_parity(TemporalNetwork(WIDE, projection=8, hidden=8), model)


class StoppedError(Exception):
    """Stands for the kill of a process."""


def test_a_killed_run_goes_on_as_if_nothing_had_happened(tmp_path):
    config = replace(CONFIG, epochs=4)
    data = {"train": tracks(0, 10), "val": tracks(10, 10)}
    TemporalTrainer(config, tmp_path / "whole", data).run()

    def stop(line):
        if line["epoch"] == 2:
            raise StoppedError

    with pytest.raises(StoppedError):
        TemporalTrainer(config, tmp_path / "killed", data).run(stop)
    TemporalTrainer(config, tmp_path / "killed", data).run()
    whole, killed = (RunLog(tmp_path / name).lines() for name in ("whole", "killed"))
    assert len(whole) == 4
    assert killed == whole
    with pytest.raises(UsageError, match="another configuration"):
        TemporalTrainer(replace(config, lr=0.5), tmp_path / "killed", data).run()


def reading(split, *, fake, frames):
    person = ClipPerson("somebody", "set", fake, "flicker" if fake else "")
    rng = np.random.default_rng(frames)
    features = one_track(rng, frames=frames)
    seen = TrackReading(features, np.zeros((frames, 4), np.float32), features.frame_indices, "", ())
    return Reading(Clip("clip.mp4", "made", split, (person,)), person, seen)


def test_tracks_of_a_split_need_both_sides_and_enough_frames():
    readings = [
        reading("train", fake=True, frames=9),
        reading("train", fake=False, frames=9),
        reading("train", fake=False, frames=3),
        reading("val", fake=True, frames=9),
    ]
    assert gather(readings, "train", 4).fake.tolist() == [True, False]
    with pytest.raises(UsageError, match="no genuine person"):
        gather(readings, "val", 4)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('bundle = "b"\ndata = "d"', None),
        ('task = "temporal"\nbundle = "b"\ndata = ["d", "e"]\nhidden = 16', None),
        ('bundle = "b"\ndata = []', "data: expected one or more"),
        ('bundle = "b"\ndata = "d"\nframes_min = 9', "frames_min"),
        ('bundle = "b"\ndata = "d"\nlr = 0', "lr: expected more than 0"),
        ('bundle = "b"\ndata = "d"\nlstm = 3', "unknown .*lstm"),
        ('task = "frames"\nbundle = "b"\ndata = "d"', "task: expected temporal"),
        ("bundle = ", "is not TOML"),
        ('data = "d"', "bundle"),
    ],
)
def test_configurations(tmp_path, text, message):
    path = tmp_path / "run.toml"
    path.write_text(text)
    if message is None:
        assert read_temporal_config(path).data[0] == "d"
        return
    with pytest.raises(UsageError, match=message):
        read_temporal_config(path)
