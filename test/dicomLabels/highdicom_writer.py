"""Writes a mask (bytes, z slices of rows) on a DICOM series as segmentations of highdicom, of several kinds."""
import os
import sys

import highdicom as hd
import numpy as np
import pydicom
from pydicom.sr.codedict import codes

series, raw, out = sys.argv[1:]
slices = [pydicom.dcmread(os.path.join(series, name)) for name in os.listdir(series)]
slices.sort(key=lambda s: float(s.ImagePositionPatient[2]))
mask = np.fromfile(raw, np.uint8).reshape(len(slices), slices[0].Rows, slices[0].Columns)


def segment(number):
    return hd.seg.SegmentDescription(
        segment_number=number,
        segment_label=f"part {number}",
        segmented_property_category=codes.SCT.Organ,
        segmented_property_type=codes.SCT.Pancreas,
        algorithm_type=hd.seg.SegmentAlgorithmTypeValues.MANUAL,
    )


for kind in ("BINARY", "LABELMAP"):
    for sparse in (False, True):
        seg = hd.seg.Segmentation(
            source_images=slices,
            pixel_array=mask,
            segmentation_type=kind,
            segment_descriptions=[segment(1), segment(2)],
            series_instance_uid=hd.UID(),
            series_number=1,
            sop_instance_uid=hd.UID(),
            instance_number=1,
            manufacturer="a",
            manufacturer_model_name="b",
            software_versions="1",
            device_serial_number="1",
            omit_empty_frames=sparse,
        )
        seg.save_as(os.path.join(out, f"{kind.lower()}{'_sparse' if sparse else ''}.dcm"))
