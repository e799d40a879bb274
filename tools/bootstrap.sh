#!/usr/bin/env bash
# Makes a virtual environment on Python 3.13 and installs a lock file into it:
#   tools/bootstrap.sh <folder of the environment> <lock file>
# It is what `make` runs first, so it needs nothing but a shell and that Python.
set -euo pipefail
environment=$1
lock=$2

is_python_3_13() {
  "$1" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info[:2] != (3, 13))' >/dev/null 2>&1
}

pyenv_python() {
  command -v pyenv >/dev/null || return 0
  local version
  version=$(pyenv versions --bare 2>/dev/null | grep -E '^3\.13\.[0-9]+$' | sort -t. -k3 -n | tail -1)
  [ -z "$version" ] || echo "$(pyenv prefix "$version")/bin/python3.13"
}

uv_python() {
  command -v uv >/dev/null || return 0
  uv python find 3.13 2>/dev/null || true
}

find_python() {
  local candidate
  for candidate in python3.13 "$(pyenv_python)" "$(uv_python)" python3; do
    if [ -n "$candidate" ] && is_python_3_13 "$candidate"; then
      echo "$candidate"
      return
    fi
  done
  echo "Python 3.13 is missing. Get it with 'pyenv install 3.13', 'uv python install 3.13'" \
    "or 'apt install python3.13 python3.13-venv', and run make again." >&2
  return 1
}

if ! is_python_3_13 "$environment/bin/python"; then
  python=$(find_python)
  echo "Creating $environment"
  "$python" -m venv --clear "$environment"
fi
echo "Installing $lock"
"$environment/bin/python" -m pip install -qq --disable-pip-version-check --no-compile --requirement "$lock"
cp "$lock" "$environment/installed.txt"
