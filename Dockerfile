# syntax=docker/dockerfile:1
# Both programs as images without a shell: «docker build .» makes the server's,
# «docker build --target bridge .» the bridge's.

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
    && mkdir -p /out/datos /out/fotos

# The technician's half, for those without a laptop: sesion_wa/ and
# cola_mensajes/ live in /datos.
FROM gcr.io/distroless/static-debian12:nonroot AS bridge
COPY --from=build --chown=65532:65532 /out/datos /datos
COPY --from=build /out/bridge /bridge
WORKDIR /datos
EXPOSE 9000
HEALTHCHECK --interval=30s --timeout=10s --retries=3 CMD ["/bridge", "health"]
ENTRYPOINT ["/bridge"]

FROM gcr.io/distroless/static-debian12:nonroot AS server
COPY --from=build --chown=65532:65532 /out/datos /datos
COPY --from=build --chown=65532:65532 /out/fotos /fotos
COPY --from=build /out/server /server
ENV CARPETA_FOTOS=/fotos
WORKDIR /datos
EXPOSE 8523
HEALTHCHECK --interval=30s --timeout=10s --retries=3 CMD ["/server", "health"]
ENTRYPOINT ["/server"]
