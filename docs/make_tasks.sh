#!/bin/sh
# Makes results/published/tasks, from which docs/update_tasks.py writes docs/tasks.md.
# With all four frameworks and scikit-learn, from the root of the project; about 25 minutes on two
# free CPUs. Times don't matter there: it may run beside other work.
set -e
to=results/published/tasks
runs=$(mktemp -d results/tasks.XXXXXX)

run() {
    name=$1
    shift
    rnnbench run "$@" --threads 1 --max-time 0.1 --name "$name" --out "$runs"
    mkdir -p "$to/$name"
    cp "$runs/$name/results.jsonl" "$to/$name/"
}

run systems --suite tasks --backends torch
stacked=adding-problem,associative-recall,copy-memory,forecasting,formal-language,frames,language-modeling,music,selective-copy,sentiment,sequential-digits,spoken-digits,tagging,temporal-order
run backends --suite tasks --tasks $stacked --networks stack --cells lstm --backends all
run sequences --suite tasks --tasks image-caption,translation --networks seq2seq --cells lstm --backends all
run memory --suite memory --backends jax
run generalization --suite generalization --backends jax:scan
