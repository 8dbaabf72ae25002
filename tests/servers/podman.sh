#!/usr/bin/env bash
# Podman with a store of its own and the image localhost/mfx-shell:1, for tests. See common.sh, or run it without arguments.
#
# There is no server: `up` installs podman, writes its configuration and tries a container. Tests find the configuration in
# MFX_SERVERS_HOME/podman (containers.conf, storage.conf).
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/../cluster/images.sh"

CONNECTION='' SCHEME=''

in_podman() { CONTAINERS_CONF=$HOME_DIR/containers.conf CONTAINERS_STORAGE_CONF=$HOME_DIR/storage.conf podman "$@"; }

# configure RUNTIME: what this runs containers with, and as little of the machine as that takes
configure() {
    cat >"$HOME_DIR/containers.conf" <<END
[containers]
netns = "host"
[engine]
runtime = "test"
cgroup_manager = "cgroupfs"
events_logger = "file"
[engine.runtimes]
test = ["$1"]
END
    cat >"$HOME_DIR/storage.conf" <<END
[storage]
driver = "vfs"
graphroot = "$HOME_DIR/store"
runroot = "$HOME_DIR/run"
END
}

# without_limits RUNTIME: one that leaves the limits of a process alone, which some sandboxes do not let it set
without_limits() {
    cat >"$HOME_DIR/runtime" <<END
#!/bin/sh
previous=
for word; do
  [ "\$previous" != --bundle ] || sed -i 's/,"rlimits":\[[^]]*\]//' "\$word/config.json"
  previous=\$word
done
exec $1 "\$@"
END
    chmod +x "$HOME_DIR/runtime"
    echo "$HOME_DIR/runtime"
}

start() {
    [ ! -f "$HOME_DIR/ready" ] || return 0
    [ "$(id -u)" = 0 ] || die "podman's tests need root"
    command -v podman >/dev/null || install_packages podman
    command -v crun >/dev/null || command -v runc >/dev/null || install_packages crun
    { [ -x /bin/busybox ] && ! ldd /bin/busybox >/dev/null 2>&1; } || install_packages busybox-static
    stop
    rm -rf "$HOME_DIR"
    mkdir -m 700 "$HOME_DIR"
    mkdir "$HOME_DIR/tree"
    busybox_tree "$HOME_DIR/tree"
    local runtime
    configure "$(command -v crun || command -v runc)"
    tar --numeric-owner -C "$HOME_DIR/tree" -cf - . |
        in_podman import - localhost/mfx-shell:1 >"$HOME_DIR/import.log" 2>&1 || die_of "$HOME_DIR/import.log" "podman cannot import an image"
    for runtime in crun runc; do
        # crun takes no machine with both versions of cgroups in use, which runc does.
        command -v "$runtime" >/dev/null || install_packages "$runtime"
        runtime=$(command -v "$runtime") || continue
        for runtime in "$runtime" "$(without_limits "$runtime")"; do
            configure "$runtime"
            if in_podman run --rm localhost/mfx-shell:1 true >"$HOME_DIR/try.log" 2>&1; then
                touch "$HOME_DIR/ready"
                return
            fi
        done
    done
    die "podman cannot run a container here: $(tail -n 1 "$HOME_DIR/try.log")"
}

fresh_database() { die "there are no databases in podman"; }

stop() { [ ! -f "$HOME_DIR/storage.conf" ] || in_podman rm --force --all >/dev/null 2>&1 || true; }

main podman "$@"
