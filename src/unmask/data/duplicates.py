"""Leaks between the parts of a manifest: people, videos and pictures that lie on two sides.

Pictures are the same where their file or their decoded pixels have one SHA-256, and near each other
where their perceptual hashes differ in at most `NEAR_BITS` of 64 bits. A near pair is a candidate
that somebody has to look at: portraits posed alike before a plain wall come as near as a picture
and its edited copy. Near pairs are found by multi-index hashing (Norouzi, Punjani and Fleet, CVPR
2012): two hashes that differ in few bits agree up to one bit in one of their four quarters, so only
those are compared, not all with all.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from unmask.data.splits import video_keys

Ints = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]

# An edited copy lies 2-6 bits from its original in what we looked at, and so do look-alikes. The
# hash has as many ones as zeros, so distances are even.
NEAR_BITS = 6
QUARTERS, QUARTER_BITS = 4, 16
NEAR_BITS_MAX = 2 * QUARTERS - 1  # up to here a quarter differs in one bit at most
PAIRS_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Leak:
    """One kind of thing that lies in more than one split.

    kind    "identity", "video", "file", "pixels" or "near"; "conflict" is one between classes
    count   how many persons, videos, or pairs of pictures
    rows    how many rows they concern
    shown   the first of them: name and splits, or two paths with their splits and the distance
    """

    kind: str
    count: int
    rows: int
    shown: list[dict[str, object]] = field(default_factory=list)


def shared_names(table: pd.DataFrame, kind: str, names: pd.Series[str]) -> Leak:
    """Names ("" = unknown) that occur in more than one split."""
    known = table.assign(name=names)[(names != "").to_numpy()]
    splits = known.groupby("name")["split"].agg(lambda part: sorted(set(part)))
    crossing = splits[splits.map(len) > 1]
    shown: list[dict[str, object]] = [
        {"name": str(name).replace("\0", "/"), "splits": list(where)}
        for name, where in itertools.islice(crossing.items(), PAIRS_SHOWN)
    ]
    return Leak(kind, len(crossing), int(known["name"].isin(crossing.index).sum()), shown)


def same_pictures(table: pd.DataFrame, kind: str, hashes: pd.Series[str]) -> Leak:
    """Pairs of pictures with one hash in different splits, one pair per hash and pair of splits."""
    frame = pd.DataFrame({"hash": hashes.to_numpy(), "split": table["split"].to_numpy()})
    frame["row"] = np.arange(len(frame))
    frame = frame[frame["hash"].notna() & (frame["hash"] != "")]
    firsts = frame.drop_duplicates(["hash", "split"])
    crossing = firsts[firsts.duplicated("hash", keep=False)]
    pairs = [
        pair
        for _, part in crossing.groupby("hash")["row"]
        for pair in itertools.combinations(part, 2)
    ]
    rows = int(frame["hash"].isin(crossing["hash"]).sum())
    return Leak(kind, len(pairs), rows, _show(table, pairs, [0] * len(pairs)))


def near_pictures(
    table: pd.DataFrame, hashes: Hashes, usable: npt.NDArray[np.bool_], bits: int = NEAR_BITS
) -> Leak:
    """Pairs of rows in different splits whose perceptual hashes differ in at most `bits`."""
    rows = np.flatnonzero(usable)
    left, right, distance = near_pairs(hashes[rows], bits)
    left, right = rows[left], rows[right]
    split = table["split"].to_numpy()
    crossing = split[left] != split[right]
    left, right, distance = left[crossing], right[crossing], distance[crossing]
    order = np.lexsort((right, left, distance))
    pairs = [(int(left[k]), int(right[k])) for k in order[:PAIRS_SHOWN]]
    shown = _show(table, pairs, [int(distance[k]) for k in order[:PAIRS_SHOWN]])
    return Leak("near", len(left), len(np.union1d(left, right)), shown)


def near_pairs(hashes: Hashes, bits: int) -> tuple[Ints, Ints, Ints]:
    """(left, right, distance) of all pairs left < right of (N,) hashes within `bits` <= 7 bits."""
    if not 0 <= bits <= NEAR_BITS_MAX:
        raise ValueError(f"expected 0 to {NEAR_BITS_MAX} bits, got {bits}")
    keys, owner = np.unique(hashes, return_inverse=True)
    lefts, rights = [np.arange(len(keys))], [np.arange(len(keys))]  # equal hashes: expanded below
    for quarter in range(QUARTERS):
        shift = np.uint64(quarter * QUARTER_BITS)
        part = ((keys >> shift) & np.uint64(0xFFFF)).astype(np.int64)
        order = np.argsort(part, kind="stable")
        ordered = part[order]
        for flip in (0, *(1 << bit for bit in range(QUARTER_BITS))):
            one, other = _join(part ^ flip, ordered, order)
            near = (one < other) & (np.bitwise_count(keys[one] ^ keys[other]) <= bits)
            lefts.append(one[near])
            rights.append(other[near])
    pairs = np.unique(np.stack([np.concatenate(lefts), np.concatenate(rights)], axis=1), axis=0)
    return _expand(pairs, keys, owner)


def _join(wanted: Ints, ordered: Ints, order: Ints) -> tuple[Ints, Ints]:
    """All (i, j) with wanted[i] == value j, where `ordered` = values[order]."""
    low = np.searchsorted(ordered, wanted, side="left")
    many = np.searchsorted(ordered, wanted, side="right") - low
    one = np.repeat(np.arange(len(wanted)), many)
    within = np.arange(len(one)) - np.repeat(np.cumsum(many) - many, many)
    return one, order[np.repeat(low, many) + within]


def _expand(pairs: Ints, keys: Hashes, owner: Ints) -> tuple[Ints, Ints, Ints]:
    """Pairs of distinct hashes as pairs of the rows that have them."""
    order = np.argsort(owner, kind="stable")
    one, place = _join(
        owner[order][np.isin(owner[order], pairs[:, 0])], pairs[:, 0], np.arange(len(pairs))
    )
    left = order[np.isin(owner[order], pairs[:, 0])][one]
    again, position = _join(pairs[place, 1], owner[order], order)
    first, second = left[again], position
    distance = np.bitwise_count(keys[owner[first]] ^ keys[owner[second]]).astype(np.int64)
    low, high = np.minimum(first, second), np.maximum(first, second)
    # a pair of equal hashes is met from both sides, and every row meets itself
    keep = (owner[first] != owner[second]) | (first < second)
    return low[keep], high[keep], distance[keep]


def label_conflicts(table: pd.DataFrame, hashes: pd.Series[str]) -> Leak:
    """The same picture called real and manipulated, whatever the split: one pair per picture."""
    fake = (table["klass"] != "real").map({True: "fake", False: "real"})
    found = same_pictures(table.assign(split=fake.to_numpy()), "conflict", hashes)
    shown = [{"paths": pair["paths"], "klasses": pair["splits"]} for pair in found.shown]
    return Leak(found.kind, found.count, found.rows, shown)


def _show(
    table: pd.DataFrame, pairs: list[tuple[int, int]], distances: list[int]
) -> list[dict[str, object]]:
    paths, splits = table["path"].to_numpy(), table["split"].to_numpy()
    return [
        {
            "paths": [str(paths[a]), str(paths[b])],
            "splits": [str(splits[a]), str(splits[b])],
            "bits": bits,
        }
        for (a, b), bits in zip(pairs[:PAIRS_SHOWN], distances, strict=False)
    ]


def find_leaks(table: pd.DataFrame, facts: pd.DataFrame, bits: int = NEAR_BITS) -> list[Leak]:
    """Every kind of leak between the splits of a manifest, with the facts of its pictures."""
    videos = video_keys(table).where(table["video"].astype(str) != "", "")
    readable = facts["readable"].to_numpy(bool)
    return [
        shared_names(table, "identity", table["identity"].astype(str)),
        shared_names(table, "video", videos),
        same_pictures(table, "file", facts["sha256"]),
        same_pictures(table, "pixels", facts["pixels_sha256"]),
        near_pictures(table, facts["phash"].to_numpy(np.uint64), readable, bits),
    ]
