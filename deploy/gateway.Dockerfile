# The browser gateway (client/node/GATEWAY.md) with Node.js and the page of client/web: no shell, no npm.
#
#   deploy/build-image --gateway            with docker, podman or buildah, whichever is there
#
# Its configuration is /etc/oauth1d-gateway/gateway.yaml; the page is /usr/share/oauth1d-gateway/page.
ARG DEBIAN=debian:bookworm-slim

FROM ${DEBIAN} AS build
COPY deploy/install-dependencies /src/deploy/install-dependencies
RUN apt-get -q update \
    && apt-get -q install -y --no-install-recommends binutils ca-certificates openssl python3 \
    && /src/deploy/install-dependencies node \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/archives
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/var/cache/npm --mount=type=secret,id=ca \
    export npm_config_cache=/var/cache/npm \
    && if [ -s /run/secrets/ca ]; then export NODE_EXTRA_CA_CERTS=/run/secrets/ca; fi \
    && deploy/build-node && deploy/image.d/make-gateway-root /image
# In RUN too: buildah's cache of layers overlooks that they changed in LABEL.
ARG VERSION=unknown
ARG REVISION=unknown
RUN deploy/image.d/finish-root /image oauth1d-gateway ${VERSION} ${REVISION}

FROM scratch
COPY --from=build /image/ /
USER 10001:10001
ENV NODE_ENV=production
EXPOSE 8000 8081
ENTRYPOINT ["/usr/bin/node", "/usr/share/oauth1d-gateway/dist/gateway/main.js"]
CMD ["--config", "/etc/oauth1d-gateway/gateway.yaml"]
ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="oauth1d-gateway" \
      org.opencontainers.image.description="Stands between oauth1d and browsers, or whoever has no gRPC" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
