/** Canvases, and pictures that are decoded. What a browser has instead: browser/canvas.ts. */
export { createCanvas, ImageData, loadImage } from '@napi-rs/canvas';
