/**
 * The AXUNET_ environment variables of this package, read in one place. Not here: AXUNET_PROGRESS (progress.ts), those
 * of the engine (axunet-engine/settings) and of its set-up, and what single tests ask for. docs/settings.md explains
 * all of them in one table.
 */
import { choiceOf } from 'axunet-engine/settings';
import { existsSync } from '#system/fs';
import path from '#system/path';
import { fileURLToPath } from '#system/url';
import { UserError } from './errors.ts';

/** How large and how long a run is, from tests to the full size of the paper. */
export const profiles = ['tiny', 'demo', 'study', 'paper'] as const;
/** `tiny` for tests, `demo` for `npm start`, `study` for the long recorded runs, `paper` for full size. */
export type Profile = (typeof profiles)[number];

/** The folder that holds package.json. */
export const projectRoot = path.resolve(fileURLToPath(new URL('..', import.meta.url)));

/** `data/…`, `runs/…` and the like, inside the project. */
export const projectPath = (...parts: string[]): string => path.join(projectRoot, ...parts);

function folder(variable: string): string | undefined {
  const value = process.env[variable];
  return value ? path.resolve(value) : undefined;
}

/** The environment variables, read when they are asked for; docs/settings.md explains each. */
export const settings = {
  get profile(): Profile {
    return choiceOf('AXUNET_PROFILE', profiles, 'demo');
  },
  /** Name of the data set that the notebooks use; `phantom` by default. */
  get dataset(): string {
    return process.env.AXUNET_DATASET || 'phantom';
  },
  /** Where the chosen data set lies; undefined means the default place under `data/`. */
  get dataFolder(): string | undefined {
    return folder('AXUNET_DATA');
  },
  /**
   * Where figures and `summary.json` of this run go; `figures/latest` unless `npm run figures` renews the committed
   * ones.
   */
  get figuresFolder(): string {
    return folder('AXUNET_FIGURES') ?? path.join(projectRoot, 'figures/latest');
  },
  /** Minutes of training per fold, instead of the profile's. */
  get minutes(): number | undefined {
    const value = process.env.AXUNET_MINUTES;
    if (!value) return undefined;
    if (Number(value) > 0) return Number(value);
    throw new UserError(`Expected AXUNET_MINUTES to be a positive number of minutes, found "${value}"`);
  },
  /** `all` or the number of one fold, from 0; undefined means the first. */
  get folds(): string | undefined {
    return process.env.AXUNET_FOLDS || undefined;
  },
  /** The network that training in the notebooks begins with, as `--from` names it; undefined means random weights. */
  get from(): string | undefined {
    return process.env.AXUNET_FROM || undefined;
  },
  /** Optional folder of extra test data beside the repository; undefined where it is absent. */
  get sharedFolder(): string | undefined {
    const wanted = folder('AXUNET_SHARED') ?? path.resolve(projectRoot, '..', 'shared');
    return existsSync(path.join(wanted, 'data')) ? wanted : undefined;
  },
  /**
   * Files of loss values from other programs, or folders of them, for tests; separated by commas or as in PATH.
   * Undefined where not set.
   */
  get lossReference(): string[] | undefined {
    const value = process.env.AXUNET_LOSS_REFERENCE;
    if (!value) return undefined;
    return value
      .split(value.includes(',') ? ',' : path.delimiter)
      .filter(Boolean)
      .map((file) => path.resolve(file.trim()));
  },
  /**
   * A Python interpreter with the peers that `npm run bench` and some tests compare with; undefined means measure ours
   * alone.
   */
  get peerPython(): string | undefined {
    return process.env.AXUNET_PEER_PYTHON || undefined;
  },
  /** The networks that come with the project. */
  get weightsFolder(): string {
    return folder('AXUNET_WEIGHTS') ?? path.join(projectRoot, 'data/weights');
  },
  /** What this machine is called where several share a folder; undefined: its kernel and host name tell. */
  get machine(): string | undefined {
    return process.env.AXUNET_MACHINE || undefined;
  },
} as const;
