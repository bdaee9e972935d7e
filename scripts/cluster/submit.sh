#!/usr/bin/env bash
# Gives the whole pipeline to Slurm, each stage after the one before: scripts/cluster/submit.sh [--all], with the
# variables of task.sh. Given again it submits what is left by `axunet status`; with --all every task, which finds what
# is complete and checks it against its data and options. Prints the last job's number.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
export CLUSTER_WORK=${CLUSTER_WORK:-runs/cluster}
mkdir -p "$CLUSTER_WORK/log"
scripts/cluster/expect.sh
left=$( (node lib/cli/axunet.mjs status "$CLUSTER_WORK" --json || true) | node scripts/cluster/left.mjs)
read -ra seeds <<<"${CLUSTER_SEEDS:-1 2}"
trainings=$((${CLUSTER_FOLDS:-4} * ${#seeds[@]}))
check_all=${1:-}

# stage JOBS NAME SCRIPT TASKS: submits what is left of a stage, or all of it after jobs that may change what it works
# on; prints the job to wait for next
stage() {
  local jobs=$1 name=$2 script=$3 numbers
  numbers=$(sed -n "s/^$name //p" <<<"$left")
  if [[ -n $jobs || $name == report || $check_all == --all || ($name == verify && $left == *preprocess*) ]]; then
    numbers=1-$4
  fi
  if [[ -z $numbers ]]; then return; fi
  local array=(--array="$numbers") after=()
  [[ $script == one.sbatch ]] && array=()
  [[ -n $jobs ]] && after=(--dependency="afterok:$jobs")
  sbatch --parsable --export=ALL --kill-on-invalid-dep=yes --job-name="$name" "${after[@]}" "${array[@]}" \
    "scripts/cluster/$script" "$name"
}
shards=${CLUSTER_SHARDS:-8}
verified=$(stage '' verify one.sbatch 1)
prepared=$(stage "$verified" preprocess shards.sbatch "$shards")
slices=$(stage "$prepared" merge-slices one.sbatch 1)
trained=$(stage "$slices" train train.sbatch "$trainings")
predicted=$(stage "$trained" predict shards.sbatch "$shards")
masks=$(stage "$predicted" merge-masks one.sbatch 1)
scored=$(stage "$masks" evaluate shards.sbatch "$shards")
scores=$(stage "$scored" merge-scores one.sbatch 1)
taken=$(stage "$masks" radiomics shards.sbatch "$shards")
features=$(stage "$taken" merge-features one.sbatch 1)
both=$scores${features:+:$features}
stage "${both#:}" report one.sbatch 1
