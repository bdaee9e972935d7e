/** The browser's own canvases and decoders of pictures. */

export const createCanvas = (width: number, height: number) => {
  const canvas = new OffscreenCanvas(width, height);
  return {
    getContext: (_kind: '2d') => canvas.getContext('2d', { willReadFrequently: true })!,
    toBuffer(kind: string): never {
      throw new Error(`no ${kind} is made in a browser`);
    },
  };
};

/** A picture whose stored colours are kept. */
export const loadImage = (bytes: Uint8Array): Promise<ImageBitmap> =>
  createImageBitmap(new Blob([bytes as Uint8Array<ArrayBuffer>]), {
    colorSpaceConversion: 'none',
    imageOrientation: 'none',
  } as unknown as ImageBitmapOptions);

/** Pixels for a canvas. */
class Pixels extends globalThis.ImageData {
  constructor(rgba: Uint8ClampedArray, width: number, height: number) {
    super(rgba as Uint8ClampedArray<ArrayBuffer>, width, height);
  }
}

export { Pixels as ImageData };
