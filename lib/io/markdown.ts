/** Texts that may come from files in tables of Markdown. */
import { cleanText } from '../errors.ts';

/**
 * A cell of a table on one line: what would part it, begin an HTML tag or an entity, make a link or a picture, or open
 * code has a backslash in front, and shows as it is.
 */
export const markdownCell = (text: string): string =>
  cleanText(text).replace(/[|`]|\\(?=[|`<&\]\\])|<(?=[a-z/!?])|&(?=[#a-z0-9]+;)|\](?=[([])/gi, '\\$&');
