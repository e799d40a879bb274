#!/usr/bin/env bash
# Writes every lock file from its .in, the layers' first: all else is pinned to what is shipped.
# Arguments go to `uv pip compile`, so `tools/lock.sh --upgrade` takes the newest versions.
set -euo pipefail
cd "$(dirname "$0")/.."

lock() {
  uv pip compile --quiet --universal --python-version 3.13 --no-emit-index-url \
    --custom-compile-command "make lock" --output-file "$1.txt" "$1.in" "${@:2}"
}

lock layers/api/requirements --generate-hashes "$@"
lock layers/worker/requirements --generate-hashes "$@"
for name in runtime dev sam ministack security; do
  lock "requirements/$name" "$@"
done
