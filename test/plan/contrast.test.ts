import { describe, expect, it } from 'vitest';
import { contrastOf, describeContrast } from '../../lib/plan/contrast.ts';

describe('contrast medium', () => {
  it('is told by the middle CT number of the organ, and left open between the ranges', () => {
    expect(contrastOf([35, 55, 56, 69, 70, 109])).toEqual({ without: 2, unclear: 2, with: 2 });
    expect(contrastOf([])).toEqual({ without: 0, unclear: 0, with: 0 });
  });
  it('is found in patients of NIH Pancreas-CT, whose portal venous organs measure 94 to 110 HU', () => {
    expect(contrastOf([109, 94, 103]).with).toBe(3);
  });
  it('is told in one line, with what it rests on', () => {
    const basis = "by the organ's middle HU: up to 55 without, from 70 on with";
    expect(describeContrast({ with: 3, without: 0, unclear: 0 })).toBe(`all with contrast medium (${basis})`);
    expect(describeContrast({ with: 0, without: 2, unclear: 0 })).toBe(`all without contrast medium (${basis})`);
    expect(describeContrast({ with: 2, without: 1, unclear: 1 })).toBe(
      `2 with contrast medium, 1 without, 1 unclear (${basis}): a network learns best from one kind`,
    );
  });
});
