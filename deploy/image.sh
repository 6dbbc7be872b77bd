#!/bin/sh
# Builds the container image "feedhub" with the first builder that works here, or the one that BUILDER names: docker,
# podman or buildah. Further arguments go to it. BASE names the image to build on. With buildah and without BASE one is
# made of Debian's packages, by debootstrap, which takes root and needs neither a daemon nor a registry of images.
set -eu
cd "$(dirname "$0")/.."
settings=$(mktemp -d)
trap 'rm -rf "$settings"' EXIT

main() {
    builder=${BUILDER:-$(first_builder)}
    pip_settings
    case "$builder" in
        docker) build docker build "$@" ;;
        podman) build podman build --format docker "$@" ;;  # OCI's own format has no health check
        buildah)
            export BUILDAH_ISOLATION="${BUILDAH_ISOLATION:-chroot}"
            [ -n "${BASE:-}" ] || debian_base
            build buildah build --format docker "$@"
            ;;
        *)
            echo "no image builder works here: start docker, or install podman or buildah" >&2
            exit 1
            ;;
    esac
}

first_builder() {
    if docker info >/dev/null 2>&1; then
        echo docker
    else
        for name in podman buildah; do
            if command -v "$name" >/dev/null; then
                echo "$name"
                break
            fi
        done
    fi
}

build() {  # the builder's command, with what all three have in common
    [ -z "${BASE:-}" ] || set -- "$@" --build-arg "BASE=$BASE"
    "$@" --tag feedhub --secret "id=pip,src=$settings/pip.conf" \
        --secret "id=certificates,src=$settings/certificates.pem" .
}

pip_settings() {  # how pip reaches its index from here, for pip in the image
    : >"$settings/certificates.pem"
    echo "[global]" >"$settings/pip.conf"
    for key in index-url extra-index-url trusted-host proxy; do
        value=$(pip_setting "$key")
        case "$value" in
            "" | file:*) ;;  # folders of this machine are not in the image
            *) echo "$key = $value" >>"$settings/pip.conf" ;;
        esac
    done
    certificates=$(pip_setting cert)
    if [ -n "$certificates" ]; then
        cp "$certificates" "$settings/certificates.pem"
        echo "cert = /etc/pip-certificates.pem" >>"$settings/pip.conf"
    fi
}

pip_setting() {  # one of pip's settings: the environment comes before the files
    python3 -m pip config list 2>/dev/null | sed -n "s/^[a-z:]*\.$1='\(.*\)'\$/\1/p" | tail -n 1
}

debian_base() {  # sets BASE to an image of Debian with Python, made here the first time: `buildah rmi` has it renewed
    BASE=localhost/feedhub-base
    ! buildah inspect --type image "$BASE" >/dev/null 2>&1 || return 0
    command -v debootstrap >/dev/null || {
        echo "install debootstrap, or name an image to build on: BASE=python:3.12-slim" >&2
        exit 1
    }
    root=$settings/base
    mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' "Codename: $(release)" | head -n 1)
    debootstrap --variant=minbase --include=ca-certificates,python3,python3-venv "$(release)" "$root" "$mirror"
    rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/usr/share/doc/* "$root"/usr/share/man/*
    container=$(buildah from scratch)
    buildah copy --quiet "$container" "$root" / >/dev/null
    buildah commit --quiet --rm "$container" "$BASE" >/dev/null
}

release() {
    . /etc/os-release
    echo "$VERSION_CODENAME"
}

main "$@"
