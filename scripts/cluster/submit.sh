#!/usr/bin/env bash
# Gives the whole pipeline to Slurm, each stage after the one before: scripts/cluster/submit.sh, with the variables of
# task.sh. Given again it does what is left: what is complete is found so and skipped. Prints the last job's number.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
export CLUSTER_WORK=${CLUSTER_WORK:-runs/cluster}
shards=1-${CLUSTER_SHARDS:-8}
read -ra seeds <<<"${CLUSTER_SEEDS:-1 2}"
trainings=1-$((${CLUSTER_FOLDS:-4} * ${#seeds[@]}))
mkdir -p "$CLUSTER_WORK/log"

# after JOBS ARGUMENTS…: submits; prints the job's number
after() {
  local jobs=$1
  shift
  sbatch --parsable --export=ALL --kill-on-invalid-dep=yes ${jobs:+--dependency=afterok:$jobs} "$@"
}
here=scripts/cluster
verified=$(after "" --job-name=verify $here/one.sbatch verify)
prepared=$(after "$verified" --job-name=preprocess --array=$shards $here/shards.sbatch preprocess)
slices=$(after "$prepared" --job-name=merge-slices $here/one.sbatch merge-slices)
trained=$(after "$slices" --job-name=train --array=$trainings $here/train.sbatch)
predicted=$(after "$trained" --job-name=predict --array=$shards $here/shards.sbatch predict)
masks=$(after "$predicted" --job-name=merge-masks $here/one.sbatch merge-masks)
scored=$(after "$masks" --job-name=evaluate --array=$shards $here/shards.sbatch evaluate)
scores=$(after "$scored" --job-name=merge-scores $here/one.sbatch merge-scores)
taken=$(after "$masks" --job-name=radiomics --array=$shards $here/shards.sbatch radiomics)
features=$(after "$taken" --job-name=merge-features $here/one.sbatch merge-features)
after "$scores:$features" --job-name=report $here/one.sbatch report
