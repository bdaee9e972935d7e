// The codecs' own modules, which have no types.
declare module '@cornerstonejs/codec-charls/decodewasmjs' {
  const start: (options: object) => Promise<unknown>;
  export default start;
}
declare module '@cornerstonejs/codec-openjpeg/decodewasmjs' {
  const start: (options: object) => Promise<unknown>;
  export default start;
}
