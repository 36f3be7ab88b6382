#!/bin/sh
# Makes results/published/inside, from which docs/update_inside.py writes docs/inside.md.
# On a quiet machine with all four frameworks, from the root of the project; about 5 minutes.
set -e
to=results/published/inside
runs=$(mktemp -d results/inside.XXXXXX)
mkdir -p $to

rnnbench gradient-flow --cells elman,lstm,gru,slstm --radius 0.5:1.5:0.1 --output $to/gradient-flow.json
for bias in 0 1 2 3 5; do
    rnnbench gradient-flow --cells lstm --set lstm.forget_bias=$bias --radius 0.5 --output $to/forget-bias-$bias.json
done

rnnbench explain lstm gru elman --backend numpy --name explained --out $runs

# One net, trained in one framework: scored, written with and streamed in all four.
rnnbench run --backends torch --tasks language-modeling --cells lstm --steps 1000 --max-time 1 --save-weights --name trained --out $runs
net=$runs/net.safetensors
cp $runs/trained/*-torch-fused-0.safetensors $net
cp $net $to/net.safetensors
rnnbench run --backends all --weights $net --steps 0 --max-time 2 --name scored --out $runs
rnnbench stream $net --backends all --batch 1 --processes 3 --max-time 6 --name streamed --out $runs
for backend in numpy torch tensorflow jax; do
    rnnbench generate $to/net.safetensors --prompt "The " --length 120 --temperature 0.7 --seed 3 --backend $backend --json > $to/text-$backend.json
done
for run in explained trained scored streamed; do
    mkdir -p $to/$run
    cp $runs/$run/results.jsonl $to/$run/
done
