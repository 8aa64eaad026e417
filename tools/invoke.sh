#!/bin/bash
# Runs one function of the template with its event in Docker, as Lambda would, against a running `make dev`, which tells the
# environment of each function (the form of `sam local invoke --env-vars`). PORT is that of `make dev`, 8000 if not set.
#   invoke.sh RequestLoginCode
set -euo pipefail
fail() { echo "make invoke: $*" >&2; exit 1; }

function=${1:-}
[[ -n $function ]] || fail "name a function: make invoke FUNCTION=RequestLoginCode"
name=$(sed -E 's/([a-z0-9])([A-Z])/\1_\2/g' <<<"$function" | tr '[:upper:]' '[:lower:]')
event=$(find events -name "$name.json")
[[ -n $event ]] || fail "there is no events/<area>/$name.json"
docker info >/dev/null 2>&1 || fail "no Docker engine answers; install and start one (Debian: apt-get install docker.io)"
environment=$(mktemp)
forwarder=
trap 'rm -f "$environment"; [[ -z $forwarder ]] || kill "$forwarder"' EXIT
.venv/bin/python -c 'import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1], timeout=5).read().decode())' \
  "http://127.0.0.1:${PORT:-8000}/_local/environment" >"$environment" 2>/dev/null || fail "nothing runs; start it in another terminal: make dev"

# A container has a loopback of its own: the embedded AWS is carried to the bridge that joins it to this machine.
bridge=$(docker network inspect bridge -f '{{(index .IPAM.Config 0).Gateway}}')
port=$(grep -oE '"AWS_ENDPOINT_URL": "http://127.0.0.1:[0-9]+' "$environment" | head -1 | grep -oE '[0-9]+$')
exec 3< <(exec .venv/bin/python tools/forward.py "$bridge" "$port")
forwarder=$!
read -r carried <&3
sed -i "s#http://127.0.0.1:$port#http://$bridge:$carried#g" "$environment"

image=public.ecr.aws/lambda/python:3.13-x86_64
docker image inspect "$image" >/dev/null 2>&1 || docker pull -q "$image" 2>/dev/null || tools/lambda-base-image.sh .venv/bin/python "$UV"
export ARCHITECTURE=x86_64 AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local AWS_REGION=us-east-1
parameters=(--parameter-overrides Architecture=x86_64)
log=$(.tools/sam/bin/sam build --build-dir .aws-sam/invoke --cache-dir .aws-sam/cache-x86_64 "${parameters[@]}" 2>&1) || fail "$log"
.tools/sam/bin/sam local invoke "$function" --template .aws-sam/invoke/template.yaml --event "$event" \
  --env-vars "$environment" --skip-pull-image "${parameters[@]}"
