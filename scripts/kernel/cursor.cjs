// Places in a cell's text: Jupyter counts characters, JavaScript and TypeScript units of UTF-16. They differ after 😀.

/** The place in UTF-16 units of a place in characters. */
const unitsOf = (text, characters) => Array.from(text).slice(0, characters).join('').length;

/** The place in characters of a place in UTF-16 units. */
const charactersOf = (text, units) => Array.from(text.slice(0, units)).length;

module.exports = { unitsOf, charactersOf };
