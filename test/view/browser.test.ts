/** The page's script in a real browser: what is read under the cursor, and what keys, mouse and wheel do. */
import { beforeAll, describe, expect, it } from 'vitest';
import { sceneOf } from '../../lib/view/scene.ts';
import { viewPage } from '../../lib/view/viewPage.ts';
import { chromium, inChromium } from './chromium.ts';
import { label, prediction, scan, scanHu } from './makeScan.ts';

const reason = chromium ? '' : ' (skipped: no Chromium on PATH)';

/** Takes the steps of a reader one by one and notes what the page then says. */
const script = `
  const crosshair = () => document.getElementById('crosshair').textContent;
  const [axial, coronal] = document.querySelectorAll('canvas');
  const seen = { begin: crosshair() };
  const press = async (key, target = axial, more = {}) => {
    target.dispatchEvent(new window.KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more }));
    await settled();
    return crosshair();
  };
  seen.up = await press('PageUp');
  seen.down = await press('PageDown');
  seen.left = await press('ArrowLeft');
  seen.right = await press('ArrowRight');
  seen.anterior = await press('ArrowUp');
  seen.superior = await press('ArrowUp', coronal);
  seen.back = (await press('ArrowDown', coronal), await press('ArrowDown', axial));
  for (let i = 0; i < 30; i++) await press('PageUp');
  seen.top = crosshair();
  for (let i = 0; i < 30; i++) await press('PageDown');
  seen.bottom = crosshair();
  for (let i = 0; i < 5; i++) await press('PageUp');
  seen.withControl = await press('PageUp', axial, { ctrlKey: true });

  const text = (id) => document.getElementById(id).textContent;
  seen.windows = [text('range'), (await press('w'), text('range')), (await press('W'), text('range'))];
  seen.styles = [];
  for (let i = 0; i < 3; i++) seen.styles.push((await press('o'), document.getElementById('style').value));
  seen.help = [document.getElementById('help').hidden, (await press('h'), document.getElementById('help').hidden)];
  await press('h');

  const pixel = (canvas, column, row, columns, rows) => {
    const [x, y] = [((column + 0.5) * canvas.width) / columns, ((row + 0.5) * canvas.height) / rows];
    return [...canvas.getContext('2d').getImageData(x, y, 1, 1).data];
  };
  const [columns, rows] = [14, 12]; // of the box of the body
  seen.grey = pixel(axial, 8, 7, columns, rows);
  await press('o'); // filled
  seen.filled = pixel(axial, 5, 5, columns, rows);
  await press('o'), await press('o');

  axial.setPointerCapture = () => {}; // made-up pointers cannot be captured
  document.hasFocus = () => true;
  const pointer = async (type, column, row, more = {}) => {
    const box = axial.getBoundingClientRect();
    const clientX = box.left + ((column + 0.5) * box.width) / columns;
    const clientY = box.top + ((row + 0.5) * box.height) / rows;
    axial.dispatchEvent(new window.PointerEvent(type, { clientX, clientY, bubbles: true, ...more }));
    await settled();
  };
  await pointer('pointermove', 4, 5);
  seen.pointer = text('pointer');
  await pointer('pointerdown', 7, 6, { button: 0, buttons: 1 });
  seen.clicked = crosshair();
  const before = text('range');
  await pointer('pointerdown', 7, 6, { button: 2, buttons: 2 });
  await pointer('pointermove', 8, 6, { button: 2, buttons: 2 });
  seen.dragged = [crosshair(), before, text('range'), document.getElementById('window').selectedOptions[0].text];
  axial.dispatchEvent(new window.WheelEvent('wheel', { deltaY: -100, bubbles: true, cancelable: true }));
  await settled();
  seen.wheel = crosshair();

  seen.sizes = [...document.querySelectorAll('canvas')].map(({ style }) => [style.width, style.height].map(parseFloat));
  seen.labels = [...document.querySelectorAll('canvas')].map((canvas) => canvas.getAttribute('aria-label'));
  seen.legend = [...document.querySelectorAll('#legend label')].map((each) => each.textContent);
  seen.focusable = [...document.querySelectorAll('canvas, input, select, button')].every((each) => each.tabIndex === 0);
  return seen;
`;

interface Seen extends Record<string, unknown> {
  readonly grey: number[];
  readonly filled: number[];
  readonly sizes: [number, number][];
  readonly labels: string[];
}

/** The first parts of what stands there of a voxel, in the words of the page. */
const said = (x: number, y: number, z: number, mask?: string): string =>
  [`Crosshair: ${scanHu(x, y, z)} HU`.replace('-', '−'), ...(mask ? [mask] : []), `voxel ${x}, ${y}, ${z}`].join(' · ');

describe.skipIf(!chromium)(`the viewer in Chromium${reason}`, () => {
  let seen: Seen;
  beforeAll(async () => {
    seen = await inChromium<Seen>(viewPage(sceneOf(scan, { mask: label, prediction, name: 'case 7' })), script);
  }, 90_000);
  const begins = (key: string, text: string): void => expect(String(seen[key]).slice(0, text.length)).toBe(text);

  it('begins in the label and reads HU, mask, voxel and place', () => {
    // voxel (10, 9, 5) lies at −2·10 + 30 = 10 mm, −2·9 + 40 = 22 mm, 5·5 − 20 = 5 mm (RAS)
    expect(seen.begin).toBe(`${said(10, 9, 5, 'label')} · 10.0 R, 22.0 A, 5.0 S (mm)`);
  });

  it('moves by keys within a plane and through it', () => {
    begins('up', said(10, 9, 6));
    begins('down', said(10, 9, 5, 'label'));
    begins('left', said(9, 9, 5));
    begins('right', said(10, 9, 5, 'label'));
    begins('anterior', said(10, 8, 5, 'label'));
    begins('superior', said(10, 8, 6));
    begins('back', said(10, 9, 5, 'label'));
  });

  it('stops at the ends, and leaves keys of the browser to it', () => {
    begins('top', said(10, 9, 9));
    begins('bottom', said(10, 9, 0));
    begins('withControl', said(10, 9, 5, 'label'));
  });

  it('goes through windows, outlines and help by letters', () => {
    expect(seen.windows).toEqual(['−160 to 240 HU', '−20 to 180 HU', '−160 to 240 HU']);
    expect(seen.styles).toEqual(['filled', 'none', 'lines']);
    expect(seen.help).toEqual([true, false]);
  });

  it('paints the HU in the window, and masks in their colours', () => {
    const grey = Math.round((255 * (scanHu(13, 11, 5) + 160)) / 400); // the box begins at (5, 4, 0)
    for (const part of seen.grey.slice(0, 3)) expect(Math.abs(part - grey)).toBeLessThanOrEqual(1);
    // #56B4E9 over grey by 0.6 × 0.8
    const under = (255 * (scanHu(10, 9, 5) + 160)) / 400;
    [0x56, 0xb4, 0xe9].forEach((part, i) => {
      expect(Math.abs(seen.filled[i]! - (0.48 * part + 0.52 * under))).toBeLessThanOrEqual(3);
    });
  });

  it('follows mouse and wheel', () => {
    expect(String(seen.pointer)).toMatch(`Pointer: ${scanHu(9, 9, 5)} HU · voxel 9, 9, 5 · 12.0 R`);
    begins('clicked', said(12, 10, 5, 'prediction'));
    const [crosshair, before, after, preset] = seen.dragged as string[];
    expect(crosshair).toBe(seen.clicked);
    expect([before === after, preset]).toEqual([false, 'by hand']);
    begins('wheel', said(12, 10, 6));
  });

  it('keeps the proportions of the patient', () => {
    // 14 × 12 × 10 voxels of 2 × 2 × 5 mm: 28 × 24, 28 × 50 and 24 × 50 mm
    [28 / 24, 28 / 50, 24 / 50].forEach((ratio, i) => {
      const [width, height] = seen.sizes[i]!;
      expect(Math.abs(width / height / ratio - 1)).toBeLessThan(0.02);
    });
  });

  it('is told to those who do not see it, and needs no mouse', () => {
    expect(seen.labels[0]).toMatch(`axial slice 6, crosshair at ${scanHu(12, 10, 6)} HU`);
    expect(seen.legend).toEqual(['label', 'prediction']);
    expect(seen.focusable).toBe(true);
  });
});
