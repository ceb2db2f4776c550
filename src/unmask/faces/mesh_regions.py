"""Which points of the face mesh make up which part of a face: one place for everybody.

Indices are those of MediaPipe's canonical face mesh (468 points, Apache-2.0) with the ten iris
points that follow it (468-472 the eye on the picture's left, 473-477 the other). LEFT and RIGHT are
always the picture's, never the person's. Polygons run round their part in order, so that
`cv2.fillPoly` of `landmarks_px[list(POLYGON)]` is the part.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

POINTS = 468  # points of the mesh proper; with irises 478

# fmt: off
FACE_OVAL = (
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
    152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
)
LEFT_EYE = (33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246)
RIGHT_EYE = (263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466)
LEFT_BROW = (70, 63, 105, 66, 107, 55, 65, 52, 53, 46)
RIGHT_BROW = (300, 293, 334, 296, 336, 285, 295, 282, 283, 276)
LIPS_OUTER = (
    61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185,
)
LIPS_INNER = (
    78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 415, 310, 311, 312, 13, 82, 81, 80, 191,
)
NOSE = (
    168, 193, 245, 188, 174, 198, 49, 48, 64, 98, 97, 2, 326, 327, 294, 278, 279, 420, 399, 412,
    465, 417,
)
NOSE_BRIDGE = (168, 6, 197, 195, 5, 4, 1)
LEFT_CHEEK = (
    227, 116, 117, 118, 119, 100, 126, 209, 203, 206, 216, 212, 210, 136, 172, 58, 132, 93,
)
RIGHT_CHEEK = (
    447, 345, 346, 347, 348, 329, 355, 429, 423, 426, 436, 432, 430, 365, 397, 288, 361, 323,
)
FOREHEAD = (
    10, 338, 297, 332, 284, 251, 301, 293, 334, 296, 336, 9, 107, 66, 105, 63, 71, 21, 54, 103, 67,
    109,
)
CHIN = (
    212, 202, 204, 194, 201, 200, 421, 418, 424, 422, 432, 430, 394, 379, 378, 400, 377, 152, 148,
    176, 149, 150, 169, 210,
)
JAW_LINE = (  # a line along the lower edge, from ear to ear; not a polygon
    234, 93, 132, 58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288, 361,
    323, 454,
)
HAIR_LINE = (  # a line along the upper edge, from temple to temple; not a polygon
    127, 162, 21, 54, 103, 67, 109, 10, 338, 297, 332, 284, 251, 389, 356,
)
# fmt: on

LEFT_IRIS = (468, 469, 470, 471, 472)  # centre first
RIGHT_IRIS = (473, 474, 475, 476, 477)

POLYGONS: Mapping[str, tuple[int, ...]] = MappingProxyType(
    {
        "face": FACE_OVAL,
        "left_eye": LEFT_EYE,
        "right_eye": RIGHT_EYE,
        "left_brow": LEFT_BROW,
        "right_brow": RIGHT_BROW,
        "nose": NOSE,
        "mouth": LIPS_OUTER,
        "left_cheek": LEFT_CHEEK,
        "right_cheek": RIGHT_CHEEK,
        "forehead": FOREHEAD,
        "chin": CHIN,
    }
)
