// In space: NiiVue, whose script stands before this one, draws the same voxels as a body to turn.

/** A NIfTI file of single bytes or 16 bit numbers in memory, behind the header that the page brings for them. */
function niftiOf(kind, values) {
  const header = Uint8Array.from(atob(content.headers[kind]), (letter) => letter.charCodeAt(0));
  const file = new Uint8Array(header.length + values.byteLength);
  file.set(header);
  file.set(new Uint8Array(values.buffer), header.length);
  return file.buffer;
}

/** One volume for each class, since each has a colour. */
async function addClasses(viewer) {
  for (const [m, { classes }] of masks.entries())
    for (const { value, name, colour } of classes) {
      const [red, green, blue] = rgbOf(colour);
      viewer.addColormap(`${m} ${value}`, { R: [0, red], G: [0, green], B: [0, blue], A: [0, 255], I: [0, 255] });
      await viewer.loadFromArrayBuffer(
        niftiOf(
          'mask',
          drawn[m].map((found) => Number(found === value)),
        ),
        `${name}.nii`,
      );
      const volume = viewer.volumes.at(-1);
      [volume.cal_min, volume.cal_max] = [0, 1];
      viewer.setColormap(volume.id, `${m} ${value}`);
    }
}

async function showSpace() {
  const viewer = new globalThis.niivue.Niivue({
    backColor: [0.09, 0.09, 0.09, 1],
    show3Dcrosshair: false,
    dragAndDropEnabled: false,
    isOrientCube: true,
    sagittalNoseLeft: true,
  });
  await viewer.attachToCanvas(byId('space'));
  await viewer.loadFromArrayBuffer(niftiOf('image', Int16Array.from(voxels, huOf)), 'ct.nii');
  // bone and vessels with contrast medium, through which the masks are seen
  [viewer.volumes[0].cal_min, viewer.volumes[0].cal_max] = [130, 500];
  await addClasses(viewer);
  viewer.updateGLVolume();
  viewer.setSliceType(viewer.sliceTypeRender);
  viewer.setRenderAzimuthElevation(180, 10);
  byId('space').dataset.drawn = 'yes';
}

try {
  await showSpace();
} catch (error) {
  byId('space-note').textContent = `The body cannot be drawn in this browser (it needs WebGL 2): ${error.message}`;
}
