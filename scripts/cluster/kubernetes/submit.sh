#!/usr/bin/env bash
# Gives the pipeline to Kubernetes, stage after stage: scripts/cluster/kubernetes/submit.sh [--print]. Given again it does
# what is left: jobs of an earlier time are removed first, and what is complete is found so and skipped. With --print it
# only prints the jobs. The claim axunet-shared (ReadWriteMany) holds data/ (imagesTr, labelsTr) and work/.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

submit() { # KIND STAGE
  sed "s/STAGE/$2/" "$1.yaml"
  echo '---'
}

# Waits until a job is complete; ends where it failed.
run() {
  kubectl delete job "axunet-$2" --ignore-not-found
  submit "$1" "$2" | kubectl apply -f -
  until kubectl wait "job/axunet-$2" --for=condition=complete --timeout=60s 2>/dev/null; do
    if kubectl wait "job/axunet-$2" --for=condition=failed --timeout=1s 2>/dev/null; then exit 1; fi
  done
}
[[ ${1:-} == --print ]] && do=submit || do=run

$do one verify
$do shards preprocess
$do one merge-slices
$do train train
$do shards predict
$do one merge-masks
$do shards evaluate
$do one merge-scores
$do shards radiomics
$do one merge-features
$do one report
