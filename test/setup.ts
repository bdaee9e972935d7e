/**
 * Property tests draw the same inputs in every run, so that a failure can be repeated; AXUNET_TEST_SEED draws others.
 */
import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env.AXUNET_TEST_SEED ?? 1) });
