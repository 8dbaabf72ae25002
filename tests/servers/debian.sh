#!/usr/bin/env bash
# A clean Debian, and what makes and checks packages, for the tests of ours. See common.sh, or run it without arguments.
#
# There is no server: `up` installs debootstrap and lintian, brings cargo-deb into target/ci (once), and makes the folder
# MFX_SERVERS_HOME/debian/root. Tests copy it, and install into the copy.
. "$(dirname "$0")/common.sh"

CONNECTION='' SCHEME=''

# Built without optimisation, as cargo-deny is in .ci/checks.
cargo_deb=3.8.0

install_cargo_deb() {
    local target
    target=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)/target
    ! "$target/ci/bin/cargo-deb" --version 2>/dev/null | grep -qF "$cargo_deb" || return 0
    CARGO_PROFILE_DEV_DEBUG=0 CARGO_TARGET_DIR=$target/ci/build-deb \
        cargo install -q --debug --locked --no-default-features --version "$cargo_deb" --root "$target/ci" cargo-deb >"$HOME_DIR/cargo.log" 2>&1 ||
        die_of "$HOME_DIR/cargo.log" "cargo-deb cannot be built"
    rm -rf "$target/ci/build-deb"
}

start() {
    # cargo-deb lies in target/, which may be another one, or cleaned, since.
    [ ! -f "$HOME_DIR/ready" ] || { install_cargo_deb; return 0; }
    [ "$(id -u)" = 0 ] || die "a Debian root takes root"
    unshare --mount true 2>/dev/null || die "cannot run here: no right to mount (CAP_SYS_ADMIN)"
    rm -rf "$HOME_DIR"
    mkdir "$HOME_DIR"
    local missing=()
    command -v debootstrap >/dev/null || missing+=(debootstrap)
    command -v lintian >/dev/null || missing+=(lintian)
    command -v dpkg-shlibdeps >/dev/null || missing+=(dpkg-dev)
    [ ${#missing[@]} = 0 ] || install_packages "${missing[@]}"
    install_cargo_deb
    local codename
    codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
    # A mirror may be out of order for a moment.
    make_root "$codename" || { sleep 5; make_root "$codename"; } || { sleep 20; make_root "$codename"; } ||
        die_of "$HOME_DIR/debootstrap.log" "debootstrap cannot make a Debian root"
    rm -rf "$HOME_DIR"/root/var/cache/apt/archives/*.deb "$HOME_DIR"/root/var/lib/apt/lists/*
    touch "$HOME_DIR/ready"
}

make_root() { # CODENAME
    rm -rf "$HOME_DIR/root"
    debootstrap --variant=minbase --include=systemd,ca-certificates "$1" "$HOME_DIR/root" "$(mirror)" >"$HOME_DIR/debootstrap.log" 2>&1
}

# The mirror that this machine uses.
mirror() {
    local found
    found=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null |
        grep -oE '(^deb .*|^URIs: *)https?://[^ ]+/debian/?( |$)' | grep -oE 'https?://[^ ]+') || true
    found=${found%%$'\n'*}
    echo "${found:-http://deb.debian.org/debian}"
}

fresh_database() { die "there are no databases in a Debian root"; }

stop() { :; }

main debian "$@"
