import { makeLargeCohort } from './paper-size/cohort.ts';
await makeLargeCohort('/tmp/wt/size/runs/bench/paper-size/82/cohort', 82, console.log);
