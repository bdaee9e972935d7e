#!/usr/bin/env bash
# One task of the pipeline: scripts/cluster/task.sh STAGE [NUMBER]. Slurm, Snakemake and Kubernetes all start this, so a
# command stands in one place. Exit codes: 0 done, 1 failed, 75 saved, to be started again. What it works on and how is
# said by variables (below, with defaults). Every task can be started again at any time and writes only its own files.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1

stage=$1 number=${2:-$((${JOB_COMPLETION_INDEX:-0} + 1))}
data=${CLUSTER_DATA:-data/phantom}      # imagesTr/ and labelsTr/
work=${CLUSTER_WORK:-runs/cluster}      # on a disk that all machines share
shards=${CLUSTER_SHARDS:-8}             # into how many tasks a stage is parted
folds=${CLUSTER_FOLDS:-4}
read -ra seeds <<<"${CLUSTER_SEEDS:-1 2}"
read -ra training <<<"${CLUSTER_TRAINING:---preset study}"
# One thread for each processor that the task was given. Sums in another number of threads may round otherwise.
export TF_NUM_INTRAOP_THREADS=${CLUSTER_THREADS:-${SLURM_CPUS_PER_TASK:-1}} TF_NUM_INTEROP_THREADS=1

mkdir -p "$work/log"
log=$work/log/$stage-$number.log
note() { echo "$(date +%s.%3N) $* ${SLURMD_NODENAME:-$(hostname)} $$" >>"$log"; }

# The command runs behind this shell, which hands a signal on and waits for what is saved.
axunet() {
  # shellcheck disable=SC2086 # words
  ${CLUSTER_WRAPPER:-} node lib/cli/axunet.mjs "$@" &
  local child=$! signalled= code
  trap 'signalled=1; kill -TERM "$child" 2>/dev/null' TERM INT
  wait "$child"
  code=$?
  while [[ -n $signalled ]]; do # `wait` ended at the signal, before the child did
    signalled=
    wait "$child"
    code=$?
  done
  trap - TERM INT
  return "$code"
}

run_of() { # the run folder of a training task: all folds of the first seed, then of the second
  local at=$(($1 - 1))
  echo "$work/runs/fold-$((at % folds))-seed-${seeds[at / folds]}"
}

own_shard=(--shard "$number/$shards" --take-over)

work_on() {
  case $stage in
  verify) axunet verify "$data" --out "$work/verify.json" && scripts/cluster/expect.sh ;;
  preprocess) axunet preprocess "$data" --out "$work/slices" "${own_shard[@]}" ;;
  train)
    axunet train --slices "$work/slices" --out "$(run_of "$number")" --resume --take-over \
      --fold $(((number - 1) % folds)) --seed "${seeds[(number - 1) / folds]}" --folds-seed 1 "${training[@]}"
    ;;
  predict)
    local runs=() at
    for ((at = 1; at <= folds * ${#seeds[@]}; at++)); do runs+=(--run "$(run_of "$at")"); done
    axunet predict "$data/imagesTr" "${runs[@]}" --weights last --unseen --out "$work/masks" "${own_shard[@]}"
    ;;
  evaluate)
    axunet evaluate --prediction "$work/masks" --reference "$data/labelsTr" --out "$work/scores" "${own_shard[@]}"
    ;;
  radiomics)
    axunet radiomics --cohort "$work/cohort.csv" --workers 1 --out "$work/features" "${own_shard[@]}"
    ;;
  merge-slices) axunet merge "$work/slices" ;;
  merge-masks) axunet merge "$work/masks" && cohort ;;
  merge-scores) axunet merge "$work/scores" ;;
  merge-features) axunet merge "$work/features" ;;
  report) report ;;
  *)
    echo "task.sh: no stage is called $stage" >&2
    return 1
    ;;
  esac
}

# Features are taken of masks that show anything; the others are named.
cohort() {
  awk -F, -v root="$PWD/" -v data="$data" -v work="$work" '
    function at(place) { return place ~ /^\// ? place : root place }
    NR == 1 { print "id,image,mask" }
    NR > 1 && $2 == 0 { print "no features of the empty mask of " $1 >"/dev/stderr" }
    NR > 1 && $2 > 0 { print $1 "," at(data "/imagesTr/" $1 ".nii.gz") "," at(work "/masks/" $1 ".nii.gz") }
  ' "$work/masks/predictions.csv" >"$work/cohort.csv.part" 2>>"$log" ||
    return 1
  mv "$work/cohort.csv.part" "$work/cohort.csv"
}

# A page on the case with the lowest DSC.
report() {
  local worst image
  worst=$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i }
    NR > 1 && $column["dice"] != "" { print $column["dice"], $column["case"] }' "$work/scores/cases.csv" |
    sort -g | head -n 1 | cut -d " " -f 2)
  image=$data/imagesTr/$worst.nii.gz
  [[ -e $image ]] || image=$data/imagesTr/${worst}_0000.nii.gz
  axunet report "$image" --mask "$work/masks/$(basename "$image")" --out "$work/reports"
}

note begin
work_on
code=$?
note "end $code"
# Slurm starts the task again, from the checkpoint; Snakemake and Kubernetes go by the exit code.
if [[ $code == 75 && -n ${SLURM_JOB_ID:-} && -z ${SNAKEMAKE_JOB:-} ]]; then
  scontrol requeue "${SLURM_ARRAY_JOB_ID:+${SLURM_ARRAY_JOB_ID}_}${SLURM_ARRAY_TASK_ID:-$SLURM_JOB_ID}"
fi
exit "$code"
