/** A mask as evalseg saves it. */

/**
 * Written by Python's pickle (protocol 4) and numpy 2: classes of evalseg's names, shape (5, 4, 3), voxels 0.5, 0.75, 2
 * mm, two segments.
 */
export const pickled = Buffer.from(
  'H4sIAAAAAAACA71RSUvDQBTOqnFXxOXkQUEqQkDw4EFQyUkHeqhnKZN09A2kiWQpKgp6cCnMrc//59F/oZNFKaYtguCE5PGSL+9b' +
    '3r3xumso+RGrrEP9mF3YPLRlabMgadIootcopk+L/ihve7j1gHdYE2Yrub5kKMwgbV9KWNn3UGjpDnZfnrGBNaIL9Rbr9frJhzz5' +
    'gygJusKMgUo0MYlB9GcUE53wivkxv5ETl/OJdtMLI2a3Uz/hX0qaEfPCIE6i1EskE4yJ8aBFS11EeURHdbEgVon+iGAJ7XyvX8z+' +
    'ADFdZ7VI4e2gqO9lVQ4x0zp5zn2/KfNJpWBF6FHIUVhuyqWyIJbOY597mXNYEGOxR30aZY3k5n3csFZldiy1ZMIniYIabDuW0f+q' +
    'nv0Nm8UXpQrWhoIHTNYrYJm8Va47xjOsgSJmTnlw4bNy6d/7BhOmYBbmYB4WYSnLGlZ+JM13R7vtOtOZqK87yxY2Rsj93yBgXe7W' +
    'aNGE4gCHRCOaxEyVHpRiqJp5SF04/l1GjZEJGFWd5lBT+h/jUockAGFVen4V5tXSMUtd+xNDec7kPwQAAA==',
  'base64',
);
