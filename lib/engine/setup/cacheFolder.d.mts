/** Where downloaded libraries and notes of checks are kept between projects. */
export function cacheFolder(): string;
