#!/bin/sh
# Install what the slow tests drive: Chromium, PostgreSQL, RabbitMQ, promtool and Caddy, from
# Debian's packages, where this machine lets us. Without them the tests that need them say so (and
# fail in CI).
set -eu
missing=""
command -v chromium >/dev/null 2>&1 || missing=" chromium"
ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || missing="$missing postgresql"
[ -x /usr/lib/rabbitmq/bin/rabbitmq-server ] || missing="$missing rabbitmq-server"
command -v promtool >/dev/null 2>&1 || missing="$missing prometheus"
command -v caddy >/dev/null 2>&1 || missing="$missing caddy"
[ -n "$missing" ] || exit 0
if ! command -v apt-get >/dev/null 2>&1 || [ "$(id -u)" != 0 ]; then
  printf '%s\n' "atlas: the tests of browser, databases, broker and deployment need:$missing. Please install with: apt-get install$missing" >&2
  exit 0
fi
printf '%s\n' "atlas: installing$missing for the tests …"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq >/dev/null
# shellcheck disable=SC2086
apt-get install -y -qq --no-install-recommends $missing >/dev/null ||
  printf '%s\n' "atlas: could not install$missing; the tests that need them will say so." >&2
