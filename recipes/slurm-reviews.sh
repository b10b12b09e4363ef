#!/bin/sh
#SBATCH --job-name=reviews
#SBATCH --cpus-per-task=4
#SBATCH --time=04:00:00
#SBATCH --signal=B:TERM@60
# An agent for each name in a file, on the nodes of a cluster: `recipes/slurm-reviews.sh names.txt reviews 10 3`
# Ten jobs, three of them at a time, each with four agents; reviews/N.ndjson holds what came of the names of job N.
# A job that was cut off, or whose agents failed, goes on when the same is submitted again: nothing is paid for twice.
set -eu
if [ -z "${SLURM_ARRAY_TASK_ID:-}" ]; then
  mkdir -p "$2"
  exec sbatch --array="0-$(($3 - 1))%$4" --output="$2/%a.log" "$0" "$1" "$2"
fi

# The home folder is that of all nodes, a pool that of one.
export ANDWAIT_HOME="${TMPDIR:-/tmp}/andwait-$(id -u)"
mine=$2/$SLURM_ARRAY_TASK_ID
awk -v job="$SLURM_ARRAY_TASK_ID" -v jobs="$SLURM_ARRAY_TASK_COUNT" 'NR % jobs == job' "$1" > "$mine.names"
# In the place of this shell, so that it hears when the time is nearly over.
exec andwait map 'Review the file {} for bugs. Be brief.' --input lines -j 4 \
  --resume-failed --joblog "$mine.joblog" < "$mine.names" >> "$mine.ndjson"
