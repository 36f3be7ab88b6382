#!/bin/sh
# Makes results/published/tasks, from which docs/update_tasks.py writes docs/tasks.md.
# With all four frameworks and scikit-learn, from the root of the project; about 15 minutes on two free CPUs. Times don't
# matter there: it may run beside other work.
set -e
to=results/published/tasks
runs=$(mktemp -d results/tasks.XXXXXX)

rnnbench run --suite tasks --backends torch --threads 1 --name systems --out $runs
rnnbench run --suite tasks --backends all --networks stack,seq2seq --cells lstm --threads 1 --name backends --out $runs
for run in systems backends; do
    mkdir -p $to/$run
    cp $runs/$run/results.jsonl $to/$run/
done
