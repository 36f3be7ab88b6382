#!/bin/sh
# Makes results/published/inside, from which docs/update_inside.py writes docs/inside.md.
# On a quiet machine with all four frameworks, from the root of the project; about 5 minutes.
set -e
to=results/published/inside
runs=$(mktemp -d)
mkdir -p $to/explained

rnnbench gradient-flow --cells elman,lstm,gru,slstm --radius 0.5:1.5:0.1 --output $to/gradient-flow.json
for bias in 0 1 2 3 5; do
    rnnbench gradient-flow --cells lstm --set lstm.forget_bias=$bias --radius 0.5 --output $to/forget-bias-$bias.json
done

rnnbench explain lstm gru elman --backend numpy --name explained --out $runs
cp $runs/explained/results.jsonl $to/explained/
