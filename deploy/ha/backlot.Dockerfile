# Backlot without a database of its own. Built from the checkout: docker build -f deploy/ha/backlot.Dockerfile .
FROM node:26-slim
RUN apt-get update \
  && apt-get install -y --no-install-recommends ffmpeg \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /opt/backlot
COPY package.json package-lock.json ./
COPY client/package.json client/package.json
RUN npm ci --omit=dev --no-audit --no-fund && npm cache clean --force
COPY bin bin
COPY client/src client/src
COPY migrations migrations
COPY src src
RUN install -d -o node -g node -m 700 /var/lib/backlot
ENV NODE_ENV=production HOST=0.0.0.0 BACKLOT_DATA_DIR=/var/lib/backlot
USER node
ENTRYPOINT ["node", "bin/backlot.mjs"]
CMD ["api"]
