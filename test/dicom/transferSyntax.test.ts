import { describe, expect, it } from 'vitest';
import { transferSyntaxOf } from '../../lib/dicom/transferSyntax.ts';
import { syntaxes } from './makeDicom.ts';

describe('transfer syntaxes', () => {
  it('are known by their ids', () => {
    for (const uid of Object.values(syntaxes)) expect(transferSyntaxOf(uid, 'a').uid).toBe(uid);
    expect(transferSyntaxOf('1.2.840.10008.1.2.4.90', 'a')).toMatchObject({ packing: 'JPEG 2000', isLossy: false });
    expect(transferSyntaxOf('1.2.840.10008.1.2.4.203', 'a')).toMatchObject({ packing: 'JPEG 2000', isLossy: true });
  });
  it.each([
    ['1.2.840.10008.1.2.4.94', 'archive.*JPIP'],
    ['1.2.840.10008.1.2.4.105', 'archive.*video'],
    ['1.2.840.10008.1.2.4.110', 'archive.*JPEG XL'],
    ['1.2.840.10008.1.2.4.92', 'gdcmconv --raw.*several components'],
    ['1.2.3\u001b[2J', 'gdcmconv --raw.*unknown here'],
  ])('that are not read are named, with a way out (%s)', (uid, said) => {
    expect(() => transferSyntaxOf(uid, 'scan/1')).toThrow(new RegExp(`${said}.* in scan/1$`));
    expect(() => transferSyntaxOf(uid, 'scan/1')).not.toThrow(',,');
    expect(() => transferSyntaxOf(uid, 'scan/1')).not.toThrow('\u001b');
  });
});
