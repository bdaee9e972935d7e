"""Reads the regions of an RT Structure Set by rt-utils: how much each overlaps the label in a NIfTI mask (Dice)."""
import json
import os
import sys
import tempfile

import numpy as np
import pydicom
import SimpleITK
from rt_utils import RTStructBuilder

series, rtstruct, nifti = sys.argv[1:]

with tempfile.TemporaryDirectory() as folder:
    # Some series have their ids only in the preface, which rt-utils does not ask.
    for name in os.listdir(series):
        data = pydicom.dcmread(os.path.join(series, name), force=True)
        if not data.get("SOPInstanceUID"):
            data.SOPInstanceUID = data.file_meta.MediaStorageSOPInstanceUID
        data.save_as(os.path.join(folder, name))
    read = RTStructBuilder.create_from(dicom_series_path=folder, rt_struct_path=rtstruct)
    names = read.get_roi_names()
    masks = [read.get_roi_mask_by_name(name) for name in names]  # rows, columns, slices
    slices = [s.ImagePositionPatient[2] for s in read.series_data]

mask = SimpleITK.ReadImage(nifti)
voxels = SimpleITK.GetArrayFromImage(mask)  # z, y, x on the rows and columns of the series
order = np.argsort(slices)
dice = {}
for number, (name, found) in enumerate(zip(names, masks), 1):
    ours, theirs = voxels == number, np.moveaxis(found[:, :, order], 2, 0)
    dice[name] = 2 * int((ours & theirs).sum()) / int(ours.sum() + theirs.sum())
print(json.dumps({"dice": dice, "voxels": int((voxels > 0).sum())}))
