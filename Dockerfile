# syntax=docker/dockerfile:1
# Both programs as images without a shell: «docker build .» makes the server's,
# «docker build --target bridge .» the bridge's,
# «--target litestream .» the one that copies the database all the time.

FROM --platform=$BUILDPLATFORM docker.io/library/golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/root/.cache/go-build go mod download
COPY . .
ARG TARGETOS
ARG TARGETARCH
ARG VERSION=
RUN --mount=type=cache,target=/root/.cache/go-build \
    go run ./cmd/panel && CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH go build -trimpath -buildvcs=false \
    -ldflags="-s -X mostrador/internal/version.stamped=$VERSION" -o /out/ ./cmd/server ./cmd/bridge \
    && mkdir -p /out/datos /out/fotos /out/licencias/server /out/licencias/bridge \
    && go build -o /out/dist ./cmd/dist \
    && for program in server bridge; do /out/dist -licences /out/$program >/out/licencias/$program/LICENCIAS.txt \
    && cp LICENSE /out/licencias/$program/ || exit 1; done

# The technician's half, for those without a laptop: sesion_wa/ and
# cola_mensajes/ live in /datos.
FROM gcr.io/distroless/static-debian12:nonroot AS bridge
COPY --from=build --chown=65532:65532 /out/datos /datos
COPY --from=build /out/bridge /out/licencias/bridge /
WORKDIR /datos
EXPOSE 9000
HEALTHCHECK --interval=30s --timeout=10s --retries=3 CMD ["/bridge", "health"]
ENTRYPOINT ["/bridge"]

# Continuous copies of the database, from the source that the Go proxy has.
FROM --platform=$BUILDPLATFORM docker.io/library/golang:1.26 AS copier
WORKDIR /copier
ARG TARGETOS
ARG TARGETARCH
ARG LITESTREAM=v0.5.18
RUN --mount=type=cache,target=/root/.cache/go-build \
    go mod init copier && go get -tool github.com/benbjohnson/litestream/cmd/litestream@$LITESTREAM \
    && CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH go build -trimpath -ldflags="-s -X main.Version=$LITESTREAM" \
    -o /out/ github.com/benbjohnson/litestream/cmd/litestream
COPY --from=build /out/dist /dist
RUN /dist -root /copier -licences /out/litestream >/out/LICENCIAS.txt

FROM gcr.io/distroless/static-debian12:nonroot AS litestream
COPY --from=copier /out/litestream /out/LICENCIAS.txt /
COPY deploy/litestream/litestream.yml /etc/litestream.yml
ENTRYPOINT ["/litestream"]
CMD ["replicate"]

FROM gcr.io/distroless/static-debian12:nonroot AS server
COPY --from=build --chown=65532:65532 /out/datos /datos
COPY --from=build --chown=65532:65532 /out/fotos /fotos
COPY --from=build /out/server /out/licencias/server /
ENV CARPETA_FOTOS=/fotos
WORKDIR /datos
EXPOSE 8523
HEALTHCHECK --interval=30s --timeout=10s --retries=3 CMD ["/server", "health"]
ENTRYPOINT ["/server"]
