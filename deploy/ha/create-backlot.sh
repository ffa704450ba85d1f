#!/bin/sh
# Run once by Patroni, on the first leader of a new cluster, with the superuser's connection string as its argument.
set -eu
: "${BACKLOT_DATABASE_PASSWORD:?must be set}"
# Statement by statement: all of them as one --command would be a transaction, in which CREATE DATABASE is refused. psql reads
# the password from its environment, so that no list of processes shows it.
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --dbname "$1" <<'SQL'
\getenv password BACKLOT_DATABASE_PASSWORD
CREATE ROLE backlot LOGIN PASSWORD :'password';
CREATE DATABASE backlot OWNER backlot;
SQL
