#!/bin/bash
# Runs one function of the template with its event in Docker, as Lambda would, against a running `make dev`, which writes the
# environment of each function into .tools/local/env.json (the form of `sam local invoke --env-vars`).
#   invoke.sh RequestLoginCode
set -euo pipefail
fail() { echo "make invoke: $*" >&2; exit 1; }

function=${1:-}
[[ -n $function ]] || fail "name a function: make invoke FUNCTION=RequestLoginCode"
name=$(sed -E 's/([a-z0-9])([A-Z])/\1_\2/g' <<<"$function" | tr '[:upper:]' '[:lower:]')
event=$(find events -name "$name.json")
[[ -n $event ]] || fail "there is no events/<area>/$name.json"
docker info >/dev/null 2>&1 || fail "no Docker engine answers; install and start one (Debian: apt-get install docker.io)"
environment=.tools/local/env.json
[[ -f $environment ]] || fail "nothing runs; start it in another terminal: make dev"

image=public.ecr.aws/lambda/python:3.13-x86_64
docker image inspect "$image" >/dev/null 2>&1 || docker pull -q "$image" 2>/dev/null || tools/lambda-base-image.sh .venv/bin/python "$UV"
export ARCHITECTURE=x86_64 AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local AWS_REGION=us-east-1
parameters=(--parameter-overrides Architecture=x86_64)
log=$(.tools/sam/bin/sam build --build-dir .aws-sam/invoke --cache-dir .aws-sam/cache-x86_64 "${parameters[@]}" 2>&1) || fail "$log"
exec .tools/sam/bin/sam local invoke "$function" --template .aws-sam/invoke/template.yaml --event "$event" \
  --env-vars "$environment" --docker-network host --skip-pull-image "${parameters[@]}"
