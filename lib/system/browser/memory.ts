/** Browsers tell little of the memory and give a page no array of more than about 2 GiB. */
export const mostBytesHeld = (): number =>
  Math.min(((navigator as { deviceMemory?: number }).deviceMemory ?? 4) * 2 ** 29, 2 ** 31 - 1);
