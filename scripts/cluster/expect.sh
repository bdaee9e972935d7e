#!/usr/bin/env bash
# Writes expected.json into the work folder: what there will be, for `axunet status`. Variables as in task.sh.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
work=${CLUSTER_WORK:-runs/cluster}
mkdir -p "$work"
runs=()
for seed in ${CLUSTER_SEEDS:-1 2}; do
  for ((fold = 0; fold < ${CLUSTER_FOLDS:-4}; fold++)); do runs+=("\"runs/fold-$fold-seed-$seed\""); done
done
stages=$(printf '"%s": '"${CLUSTER_SHARDS:-8}"', ' slices masks scores features)
(
  IFS=,
  echo "{\"shards\": {${stages%, }}, \"runs\": [${runs[*]}]}"
) >"$work/expected.json"
