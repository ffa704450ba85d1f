#!/bin/sh
# Makes those secrets in ./secrets that are not there yet. The directory is closed to others; the files in it are not, since
# containers read them as other accounts.
set -eu
cd "$(dirname "$0")"
umask 022
mkdir -p secrets
chmod 700 secrets

keep() {
  test -s "secrets/$1" || cat > "secrets/$1"
}

random() {
  od -An -N32 -tx1 /dev/urandom | tr -d ' \n'
}

for name in secret-key postgres-password redis-password metrics-token s3-secret-access-key; do
  random | keep "$name"
done
printf 'redis://:%s@redis:6379' "$(cat secrets/redis-password)" | keep redis-url
