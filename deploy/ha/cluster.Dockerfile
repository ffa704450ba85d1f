# etcd, PostgreSQL with Patroni, and HAProxy: one target each, from Debian's packages, the same that `npm run ha:demo` runs.
FROM debian:bookworm-slim AS debian
ENV DEBIAN_FRONTEND=noninteractive LANG=C.UTF-8
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates curl \
  && rm -rf /var/lib/apt/lists/*

FROM debian AS etcd
RUN apt-get update \
  && apt-get install -y --no-install-recommends etcd-server etcd-client \
  && rm -rf /var/lib/apt/lists/* \
  && install -d -o etcd -g etcd -m 700 /var/lib/etcd/data
USER etcd
ENTRYPOINT ["etcd"]

FROM debian AS patroni
# Debian would make a cluster of its own, which Patroni has no use for.
RUN mkdir -p /etc/postgresql-common \
  && echo 'create_main_cluster = false' > /etc/postgresql-common/createcluster.conf \
  && apt-get update \
  && apt-get install -y --no-install-recommends postgresql patroni python3-etcd \
  && rm -rf /var/lib/apt/lists/* \
  && install -d -o postgres -g postgres -m 700 /var/lib/postgresql/data
COPY patroni.yml create-backlot.sh /etc/backlot-ha/
# create-backlot.sh is named relative to it.
WORKDIR /etc/backlot-ha
USER postgres
ENTRYPOINT ["patroni", "/etc/backlot-ha/patroni.yml"]

FROM debian AS haproxy
RUN apt-get update \
  && apt-get install -y --no-install-recommends haproxy \
  && rm -rf /var/lib/apt/lists/*
COPY haproxy.cfg haproxy-api.cfg /etc/backlot-ha/
USER haproxy
ENTRYPOINT ["haproxy", "-W", "-f", "/etc/backlot-ha/haproxy.cfg", "-f", "/etc/backlot-ha/haproxy-api.cfg"]
