/** Settings of a feature extraction from files, ours or PyRadiomics', in YAML or JSON. */
import { isScalar, isSeq, parseDocument, visit } from 'yaml';
import { checkInFile, expected, messageOf } from '../errors.ts';
import { textKind } from '../io/fileKind.ts';
import { readText } from '../io/files.ts';
import { checkShape, object } from '../io/schema.ts';
import { changesFromPyradiomics, isPyradiomicsFile } from './pyradiomicsParameters.ts';
import { type RadiomicsChanges, type RadiomicsSettings, radiomicsSettings } from './settings.ts';

/** A thousand times what all options take. */
const longestSettings = 2 ** 20;

/** Lists whose numbers name images, so that 2.0 is not 2. */
const namingLists = ['sigma', 'logSigmasMm'];

/**
 * The content of YAML, of which JSON is a part. Numbers of `namingLists` with a decimal point are text as it was
 * written. Throws an Error for text that is neither.
 */
function parseAsWritten(text: string): unknown {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error) throw new Error(error.message.split('\n')[0]!.replace(/:$/, ''));
  visit(document, {
    Pair: (_, { key, value }) => {
      if (!isScalar(key) || !namingLists.includes(String(key.value)) || !isSeq(value)) return;
      for (const item of value.items)
        if (isScalar(item) && typeof item.value === 'number' && /[.e]/i.test(item.source ?? ''))
          item.value = item.source;
    },
  });
  return document.toJS();
}

/** The value that a text stands for; itself where it is no YAML. */
export function settingAsWritten(name: string, text: string): unknown {
  try {
    return (parseAsWritten(`${name}: ${text}`) as Record<string, unknown>)[name];
  } catch {
    return text;
  }
}

/**
 * Reads settings from a file with any of our options, or a parameter file of PyRadiomics; in YAML or JSON. `more` goes
 * before what is in the file. Throws a UserError naming the file.
 */
export async function readRadiomicsSettings(file: string, more: RadiomicsChanges = {}): Promise<RadiomicsSettings> {
  const text = await readText(file, 'radiomics options', longestSettings);
  const kind = textKind(text);
  if (kind !== undefined) throw expected('radiomics options in YAML or JSON', kind, file);
  let content: unknown;
  try {
    content = parseAsWritten(text);
  } catch (error) {
    throw expected('radiomics options in YAML or JSON', messageOf(error), file);
  }
  const options = checkShape(content, object({}), file, 'an object of radiomics options');
  return checkInFile(file, () => {
    const changes = (isPyradiomicsFile(options) ? changesFromPyradiomics(options) : options) as RadiomicsChanges;
    // One of both decides which features there are.
    const { families, features, ...others } = changes;
    const isChosen = more.families !== undefined || more.features !== undefined;
    return radiomicsSettings({ ...(isChosen ? others : changes), ...more });
  });
}
