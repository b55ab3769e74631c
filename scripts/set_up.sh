#!/bin/sh
# Make the environment in .venv: bring uv into .tools when it is not installed, then install
# the locked packages. Usage: scripts/set_up.sh run|test
set -eu
cd "$(dirname "$0")/.."
UV_VERSION=0.13.9
packages="--no-dev"
[ "${1:-run}" = "test" ] && packages="--group dev"

say() { printf '%s\n' "atlas: $*"; }
fail() { printf '%s\n' "atlas: $*" >&2; exit 1; }

command -v git >/dev/null 2>&1 || fail "git is needed and was not found; please install it."

find_python() {
  for name in python3.11 python3.12 python3.13 python3.14 python3 python; do
    if command -v "$name" >/dev/null 2>&1 &&
      "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$name"
      return 0
    fi
  done
  return 1
}

if command -v uv >/dev/null 2>&1; then
  UV=uv
elif [ -x .tools/bin/uv ]; then
  UV=.tools/bin/uv
else
  PYTHON=$(find_python) ||
    fail "Python 3.11 or newer (or uv) is needed and was not found; please install one of them."
  say "1/3 bringing uv $UV_VERSION into .tools …"
  "$PYTHON" -m venv .tools >/dev/null 2>&1 ||
    fail "$PYTHON cannot make a virtual environment; please install its venv module (on Debian: python3-venv)."
  .tools/bin/python -m pip install --quiet --disable-pip-version-check "uv==$UV_VERSION" ||
    fail "uv could not be installed from the package index; please check the network or the index."
  UV=.tools/bin/uv
fi

STAMP=".venv/.atlas-$(cat uv.lock pyproject.toml packages/tensorflow-absent/src/tensorflow/__init__.py | cksum | tr ' ' '-')-${1:-run}"
if [ -f "$STAMP" ]; then
  exit 0
fi
say "2/3 installing the locked packages into .venv (about 1 GB once) …"
"$UV" sync --frozen --python 3.11 $packages ||
  fail "the packages could not be installed; the lines above say why (Python 3.11, network and 2 GB of disk are needed)."
rm -f .venv/.atlas-*
: >"$STAMP"
# The test set holds everything that running needs.
[ "${1:-run}" = "test" ] && : >"${STAMP%-test}-run"
say "3/3 the environment is ready."
