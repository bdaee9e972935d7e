#!/usr/bin/env bash
# Tries the pipeline on a real Slurm of two nodes on this one machine: scripts/cluster/try-slurm.sh [FOLDER]. Forty
# phantom patients, four folds, two seeds. On the way a node dies, a task is killed, another finds its disk full, and a
# training is asked to save; what is left is done in a second round, and everything is compared with a run without
# Slurm. For Debian and Ubuntu, as root (a container will do): it installs munge and Slurm, writes
# /etc/slurm/slurm.conf, and ends what it started, by number. About fifteen minutes on two free cores.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
root=$(realpath -m "${1:-/tmp/axunet-slurm}")
conf=/etc/slurm/slurm.conf
say() { echo "$(date +%T) $*"; }

[[ $(id -u) == 0 ]] || { echo "try-slurm.sh: Expected root, found $(id -un)" >&2; exit 1; }
if [[ -e $conf ]] && ! grep -q '^ClusterName=axunet-try$' $conf; then
  echo "try-slurm.sh: Expected no Slurm on this machine, found $conf" >&2
  exit 1
fi
command -v slurmctld slurmd munged sbatch >/dev/null ||
  apt-get install -y -qq munge slurmctld slurmd slurm-client >/dev/null

# --- a Slurm of two nodes, which are two daemons on two ports of this machine
started=()
end_all() {
  set +e
  [[ ${#started[@]} -gt 0 ]] && scancel --user=root 2>/dev/null && sleep 3
  for pid in "${started[@]}"; do kill "$pid" 2>/dev/null; done
  sleep 2
  for pid in "${started[@]}"; do kill -9 "$pid" 2>/dev/null; done
  rm -f $conf
}
trap end_all EXIT
mkdir -p "$root"/{state,spool-n1,spool-n2} /run/munge /var/log/munge
chown munge: /run/munge /var/log/munge /var/lib/munge
cat >$conf <<CONF
ClusterName=axunet-try
SlurmctldHost=$(hostname -s)(127.0.0.1)
SlurmUser=root
AuthInfo=cred_expire=30
StateSaveLocation=$root/state
SlurmdSpoolDir=$root/spool-%n
SlurmctldPidFile=$root/slurmctld.pid
SlurmdPidFile=$root/slurmd-%n.pid
SlurmctldLogFile=$root/slurmctld.log
SlurmdLogFile=$root/slurmd-%n.log
SlurmctldPort=17000
ProctrackType=proctrack/pgid
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SlurmdTimeout=20
ReturnToService=2
MinJobAge=7200
MpiDefault=none
NodeName=n1 NodeHostname=$(hostname -s) NodeAddr=127.0.0.1 Port=17001 CPUs=1
NodeName=n2 NodeHostname=$(hostname -s) NodeAddr=127.0.0.1 Port=17002 CPUs=1
PartitionName=all Nodes=n1,n2 Default=YES MaxTime=INFINITE State=UP
CONF
if ! pgrep -x munged >/dev/null; then
  runuser -u munge -- munged --force
  started+=("$(cat /run/munge/munged.pid)")
fi
slurmctld -D >"$root/slurmctld.out" 2>&1 &
started+=($!)
start_node() {
  slurmd -D -N "$1" >"$root/slurmd-$1.out" 2>&1 &
  node_pid=$!
  started+=($node_pid)
}
start_node n1
start_node n2
second=$node_pid
until [[ $(sinfo -h -t idle -o %D 2>/dev/null) == 2 ]]; do sleep 1; done
say "Slurm runs: $(sinfo -h -N -o '%N %T' | tr '\n' ' ')"

# --- what is worked on
export CLUSTER_DATA=$root/phantom CLUSTER_WORK=$root/work CLUSTER_FOLDS=4 CLUSTER_SEEDS='1 2' CLUSTER_THREADS=1
export CLUSTER_TRAINING='--preset tiny --epochs 3 --set learningRate=0.02 --set emptyShare=0'
[[ -d $CLUSTER_DATA/labelsTr ]] ||
  node lib/cli/axunet.mjs phantom --profile tiny --patients 40 --out "$CLUSTER_DATA" >"$root/phantom.out"

# --- once without Slurm, at the same path, so that paths in files are equal
if [[ ! -d $root/alone ]]; then
  say 'one machine'
  rm -rf "$CLUSTER_WORK"
  export CLUSTER_SHARDS=1
  for task in verify preprocess merge-slices train\ {1..8} predict merge-masks evaluate merge-scores radiomics \
    merge-features report; do
    # shellcheck disable=SC2086 # words
    scripts/cluster/task.sh $task >"$root/task.out" 2>&1 || { tail "$root/task.out"; exit 1; }
  done
  mv "$CLUSTER_WORK" "$root/alone"
fi

# --- and on the two nodes, with faults
export CLUSTER_SHARDS=4 CLUSTER_WRAPPER=$root/wrapper.sh
cat >"$CLUSTER_WRAPPER" <<'WRAPPER'
#!/usr/bin/env bash
# Each node is a machine to the others, and once one shard of features finds a disk of 16 KB.
export AXUNET_MACHINE=$SLURMD_NODENAME
full=$CLUSTER_WORK/log/full-disk
if [[ $* == *radiomics*--shard\ 2/4* && ! -e $full ]]; then
  touch "$full"
  mkdir -p "$CLUSTER_WORK/features"
  exec unshare -m bash -c 'mount -t tmpfs -o size=16k none "$CLUSTER_WORK/features" && exec "$@"' wrapped "$@"
fi
exec "$@"
WRAPPER
chmod +x "$CLUSTER_WRAPPER"
rm -rf "$CLUSTER_WORK"
fault() { echo "$(date +%s.%3N) $*" >>"$CLUSTER_WORK/log/faults.txt"; say "$*"; }

wait_for_end() { # until job $1 has ended, whatever came of it
  while squeue -h -j "$1" 2>/dev/null | grep -q .; do sleep 2; done
}
note_of() { cat "$CLUSTER_WORK/$1" 2>/dev/null || true; }

# The node n2 dies while it trains something that has a checkpoint: its daemon and all processes of its task.
kill_node() {
  local run task group
  while :; do
    for run in "$CLUSTER_WORK"/runs/*; do
      [[ -d $run/last ]] && grep -q ' n2 ' "$run/training.pid" 2>/dev/null && break 2
    done
    sleep 0.5
  done
  task=$(grep -l 'begin n2' "$CLUSTER_WORK"/log/train-*.log | while read -r log; do
    tail -n 1 "$log" | grep 'begin n2'
  done | tail -n 1 | cut -d ' ' -f 4)
  group=$(ps -o pgid= "$task" | tr -d ' ')
  local stepd
  stepd=$(ps -o ppid= "$task" | tr -d ' ')
  kill -9 "$second" "$stepd" || true
  kill -9 -- "-$group" || true
  fault "node n2 dies while it trains ${run##*/}"
  until [[ $(sinfo -h -n n2 -o %T) == down* ]]; do sleep 1; done
  say 'Slurm has noticed; the node comes back'
  sleep 10
  rm -f "$root/slurmd-n2.pid"
}
# A training is asked to save, as at the end of its time: it ends with 75 and is queued again.
ask_to_save() {
  local job
  until [[ -d $CLUSTER_WORK/runs/fold-2-seed-1/last ]]; do sleep 0.5; done
  job=$(squeue -h -r -t R -n train -o '%i' | grep '_3$' || true)
  [[ -n $job ]] || return 0
  scancel --batch --signal=TERM "$job" 2>/dev/null || true # says that the job is being queued again meanwhile
  fault "training 3 is asked to save"
}
# The process of a prediction is killed between two masks.
kill_task() {
  local note
  until note=$(note_of masks/shards/3-of-4.pid) && [[ -n $note ]] &&
    [[ -e $CLUSTER_WORK/masks/phantom_003.nii.gz ]]; do sleep 0.2; done
  kill -9 "${note%% *}" && fault "the process of prediction 3 is killed"
}

say 'two nodes, first round'
last=$(scripts/cluster/submit.sh)
ask_to_save &
asked=$!
kill_node
start_node n2
say "n2 is back"
wait $asked || true
kill_task
wait_for_end "$last"
set +e
node lib/cli/axunet.mjs status "$CLUSTER_WORK" | tee "$root/status-1.txt"
say "status ends with ${PIPESTATUS[0]}"
node lib/cli/axunet.mjs merge "$CLUSTER_WORK"/{masks,features} 2>&1 | tee "$root/merge-1.txt"
say "merge ends with ${PIPESTATUS[0]}; second round"
fault 'second round'
wait_for_end "$(scripts/cluster/submit.sh)"
say 'third round, for the shard whose disk was full'
fault 'third round'
wait_for_end "$(scripts/cluster/submit.sh)"
node lib/cli/axunet.mjs status "$CLUSTER_WORK" | tee "$root/status-2.txt"
code=${PIPESTATUS[0]}
set -e
say "status ends with $code"
node scripts/cluster/record.mjs "$root/alone" "$CLUSTER_WORK" --out "${CLUSTER_RECORD:-$root/record}" \
  --machine "$(slurmd -V), two nodes of one core each on one machine of $(nproc) cores"
exit "$code"
