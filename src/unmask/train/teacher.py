"""A trained network whose answers another one learns beside the labels.

Knowledge distillation (Hinton et al., 2015) at temperature 1: the student is told how sure the
teacher is of each picture, which says more than a label of which some are wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from unmask.errors import UsageError
from unmask.models.bundle import CARD_FILE, load_bundle
from unmask.settings import Settings
from unmask.train.checkpoint import trained_network
from unmask.train.committee import shares_of
from unmask.train.config import Config, read_run_config
from unmask.train.unfold import members_of_bundle


class Teacher:
    """The network in a run's or bundle's folder, for pictures as a run of `config` draws them.

    UsageError where it tells other classes apart than the run does.
    """

    def __init__(self, folder: Path, config: Config, device: torch.device) -> None:
        if (folder / CARD_FILE).is_file():
            bundle = load_bundle(folder, Settings())
            card, matrix = bundle.card, shares_of(bundle.model)
            mean, std = _three(card.input.mean), _three(card.input.std)
            own = replace(config, mean=mean, std=std)
            if card.classes != config.classes:
                raise _other_classes(card.classes, config)
            networks = members_of_bundle(folder, own)
        else:
            own = read_run_config(folder)
            if own.classes != config.classes:
                raise _other_classes(own.classes, config)
            networks, matrix = [trained_network(own, folder)], None
        if matrix is None:
            matrix = np.eye(len(config.classes), dtype=np.float32)
        self._matrix = torch.from_numpy(matrix.copy()).to(device)
        self._mean, self._std = (
            torch.tensor(values, device=device).view(1, 3, 1, 1) for values in (own.mean, own.std)
        )
        self._networks = [one.to(memory_format=torch.channels_last) for one in networks]
        for network in self._networks:
            network.eval().to(device).requires_grad_(requires_grad=False)

    def shares(self, images: Tensor) -> Tensor:
        """(N, classes) how likely each class is, of (N, 3, S, S) uint8 on the teacher's device."""
        inputs = ((images.float() - self._mean) / self._std).contiguous(
            memory_format=torch.channels_last
        )
        with torch.no_grad():
            logits = [network(inputs)[0].float() for network in self._networks]
        return (torch.cat(logits, dim=1) @ self._matrix.T).softmax(1)


def _other_classes(classes: Sequence[str], config: Config) -> UsageError:
    return UsageError(
        f"the teacher's classes are {tuple(classes)}, the run's {config.classes}",
        "name a teacher of the run's classes",
    )


def _three(values: tuple[float, ...]) -> tuple[float, float, float]:
    red, green, blue = values
    return red, green, blue
