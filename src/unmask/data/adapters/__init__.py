"""Data-set adapters: one file each, one registration line; each lists a data set's pictures."""

from unmask.data.adapters.base import ADAPTERS, Picture
from unmask.data.adapters.deepfake_faces import deepfake_faces
from unmask.data.adapters.folders import folders
from unmask.data.adapters.indexed_crops import indexed_crops

__all__ = ["ADAPTERS", "Picture", "deepfake_faces", "folders", "indexed_crops"]
