# Two images from one file. `ventes` runs every component: producer, consumer, analyzer, the demo's catalogue and
# script_runner. `database` has sqlite3 and answers SQL from the file that they share. Both run as uid 1000, and only that
# user may read /data. Both run on a read-only root file system.
#   docker build -t ventes .                       (behind a registry of your own: --secret id=npmrc,src=$HOME/.npmrc)
#   docker build -t ventes-database --target database .

FROM node:24-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The program does not need types, maps, sources and the prebuilt SQLite of other systems: without them the image is
# 80 MB smaller.
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc \
    npm ci --omit=dev --omit=optional && \
    npm pkg delete devDependencies optionalDependencies && \
    npm sbom --sbom-format=cyclonedx > sbom.cdx.json && \
    find node_modules -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' \) -delete && \
    find node_modules/better-sqlite3/prebuilds -type f ! -name 'linux-*' -delete && \
    rm -rf node_modules/effect/src node_modules/@effect/*/src node_modules/better-sqlite3/deps node_modules/better-sqlite3/src


FROM debian:bookworm-slim AS database
LABEL org.opencontainers.image.title="ventes-database" \
      org.opencontainers.image.description="Answers SQL from the database that ventes keeps: sqlite3, read-only" \
      org.opencontainers.image.licenses="MIT"
# No version is pinned: a Debian release has one version of a package, the one with the security fixes.
# hadolint ignore=DL3008
RUN apt-get update && \
    apt-get install -y --no-install-recommends sqlite3 && \
    rm -rf /var/lib/apt/lists/* && \
    useradd --uid 1000 --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin ventes && \
    install -d -m 700 -o ventes -g ventes /data
COPY --chmod=755 docker/database/ /usr/local/bin/
USER 1000:1000
WORKDIR /data
HEALTHCHECK --interval=2s --timeout=5s --retries=15 CMD ["healthy"]
CMD ["database_service"]


FROM node:24-bookworm-slim AS ventes
LABEL org.opencontainers.image.title="ventes" \
      org.opencontainers.image.description="CSV files at URLs become events, events become rows of SQLite exactly once, and every commit refreshes the analyses" \
      org.opencontainers.image.licenses="MIT"
# XDG_CACHE_HOME: the compile cache is in the container's /tmp, which no other user reaches.
ENV NODE_ENV=production \
    VENTES_DATA=/data \
    XDG_CACHE_HOME=/tmp
RUN install -d -m 700 -o node -g node /data /backups && \
    ln -s /app/cli/ventes.js /usr/local/bin/ventes
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY --from=packages /app/sbom.cdx.json .
COPY . .
USER 1000:1000
ENTRYPOINT ["node", "/app/cli/ventes.js"]
CMD ["start"]
