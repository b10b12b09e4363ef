#!/bin/sh
# Stands in for Slurm's sbatch, as far as arrays go: runs the jobs here, at most CAP at a time, each from a copy of the script.
# As there: the copy lies elsewhere and has another name, the folder is that of the submission, stdin is empty.
set -eu
output=slurm-%A_%a.out
while :; do
  case $1 in
    --array=*) array=${1#--array=} ;;
    --output=*) output=${1#--output=} ;;
    --*) echo "sbatch: unrecognized option '$1'" >&2; exit 1 ;;
    *) break ;;
  esac
  shift
done
head -1 "$1" | grep -q '^#!' || { echo 'sbatch: error: This does not look like a batch script' >&2; exit 1; }
range=${array%\%*} cap=${array#*%}
first=${range%-*} last=${range#*-}
spool=$(mktemp -d)
cp "$1" "$spool/slurm_script"
chmod 700 "$spool/slurm_script"
shift
echo 'Submitted batch job 4711'
export SLURM_SUBMIT_DIR="$PWD" SLURM_ARRAY_JOB_ID=4711 SLURM_ARRAY_TASK_MIN="$first" SLURM_ARRAY_TASK_MAX="$last"
export SLURM_ARRAY_TASK_STEP=1 SLURM_ARRAY_TASK_COUNT=$((last - first + 1)) SPOOL="$spool" OUTPUT="$output"
seq "$first" "$last" | xargs -P "$cap" -I@ sh -c '
  export SLURM_ARRAY_TASK_ID=@ SLURM_JOB_ID=$((4711 + @))
  log=$(printf %s "$OUTPUT" | sed "s/%A/4711/; s/%a/@/")
  echo "start @" >> "$SLURM_SUBMIT_DIR/jobs"
  "$SPOOL/slurm_script" "$0" "$1" < /dev/null > "$log" 2>&1 || echo "job @ ended with $?" >> "$SLURM_SUBMIT_DIR/jobs"
  echo "end @" >> "$SLURM_SUBMIT_DIR/jobs"
' "$@"
rm -r "$spool"
