"""Data-set adapters: one file each, one registration line; each lists a data set's pictures."""

from unmask.data.adapters.base import ADAPTERS, Picture
from unmask.data.adapters.celeb_df import celeb_df
from unmask.data.adapters.deepfake_and_real_images import deepfake_and_real_images
from unmask.data.adapters.deepfake_faces import deepfake_faces
from unmask.data.adapters.dfdc import dfdc
from unmask.data.adapters.face_forensics import face_forensics
from unmask.data.adapters.folders import folders
from unmask.data.adapters.indexed_crops import indexed_crops
from unmask.data.adapters.layouts import DataSet, find_data_sets, recognise

__all__ = [
    "ADAPTERS",
    "DataSet",
    "Picture",
    "celeb_df",
    "deepfake_and_real_images",
    "deepfake_faces",
    "dfdc",
    "face_forensics",
    "find_data_sets",
    "folders",
    "indexed_crops",
    "recognise",
]
