# shellcheck shell=bash disable=SC2154,SC2015,SC2016
# Sourced by `cluster`: the images of the tests. There is no registry, so each is made of a tree of files and imported.
#   localhost/mfx-shell:1    busybox under all its names: shell, tar
#   localhost/mfx-debian:1   dash as sh, bash, coreutils, tar
#   localhost/mfx-noshell:1  seq, echo, cat, sleep, false; neither shell nor tar
#   localhost/mfx-entry:1    bash as sh, with an entrypoint, arguments, a user, a working directory and a variable of its own
#   localhost/mfx-linked:1   dash as sh and as busybox, cp, ln, mkdir; all of them linked with libraries that other images lack
#   localhost/mfx-probe:1    mfx-shell and what lies in examples/probe/image
#   localhost/pause:1        what holds a pod's sandbox

has_image() { in_containerd images ls -q 2>/dev/null | grep -qxF "$1"; }

cmd_image() {
  local ref=$1 dir=$2 config=${3:-'{"Env":["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]}'} tmp layer kind here_and_now=()
  tmp=$(mktemp -d)
  tar --numeric-owner --owner=0 --group=0 --sort=name --mtime=@0 -C "$dir" -cf "$tmp/layer.tar" .
  layer=$(sha256sum "$tmp/layer.tar" | cut -d' ' -f1)
  printf '{"architecture":"amd64","os":"linux","config":%s,"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' "$config" "$layer" >"$tmp/config.json"
  printf '[{"Config":"config.json","RepoTags":["%s"],"Layers":["layer.tar"]}]' "$ref" >"$tmp/manifest.json"
  tar -C "$tmp" -cf "$tmp/image.tar" manifest.json config.json layer.tar
  kind=$(sed -n 's/^ *snapshotter = "\(.*\)"/\1/p' "$data/containerd.toml")
  [ "$(containerd_major)" -lt 2 ] || here_and_now=(--local)
  in_containerd images import "${here_and_now[@]}" --snapshotter "${kind:-overlayfs}" "$tmp/image.tar" >/dev/null
  rm -rf "$tmp"
}
cmd_image-rm() { in_containerd images rm "$1" >/dev/null; }

# busybox_tree DIR: a root file system of busybox with all its names
busybox_tree() {
  mkdir -p "$1"/{bin,tmp,etc,usr/bin,work}
  chmod 1777 "$1/tmp" "$1/work"
  cp /bin/busybox "$1/bin/busybox"
  local name
  for name in $(/bin/busybox --list); do [ "$name" = busybox ] || ln -sf busybox "$1/bin/$name"; done
}

# debian_tree DIR: this machine's dash (as sh), bash, coreutils and tar, with the libraries they need
debian_tree() {
  mkdir -p "$1"/{tmp,etc,usr/bin}
  chmod 1777 "$1/tmp"
  ln -s usr/bin "$1/bin"
  local name file
  for name in dash bash tar cat cp echo env false head id ln mkdir mkfifo mv printf rm seq sha256sum sleep tail tee touch tr true wc; do
    file=/usr/bin/$name; [ -x "$file" ] || file=/bin/$name
    cp -L "$file" "$1/usr/bin/$name"
    ldd "$file" | grep -o '/[^ ]*' | while read -r file; do mkdir -p "$1$(dirname "$file")"; cp -Ln "$file" "$1$file"; done
  done
  ln -s dash "$1/usr/bin/sh"
}

# noshell_tree DIR: a handful of programs, neither shell nor tar
noshell_tree() {
  mkdir -p "$1"/{bin,tmp,etc}
  chmod 1777 "$1/tmp"
  local name; for name in seq echo cat sleep false; do cp /bin/busybox "$1/bin/$name"; done
}

# The example's own image is made anew each time, so that it is what the checkout says; the others only when they are not there.
import_images() {
  local tmp; tmp=$(mktemp -d)
  if ! has_image localhost/pause:1; then
    mkdir -p "$tmp/pause/bin"; cp /bin/busybox "$tmp/pause/bin/sleep"
    cmd_image localhost/pause:1 "$tmp/pause" '{"Entrypoint":["/bin/sleep","2147483647"]}'
  fi
  busybox_tree "$tmp/shell"
  has_image localhost/mfx-shell:1 || cmd_image localhost/mfx-shell:1 "$tmp/shell"
  has_image localhost/mfx-debian:1 || { debian_tree "$tmp/debian"; cmd_image localhost/mfx-debian:1 "$tmp/debian"; }
  has_image localhost/mfx-noshell:1 || { noshell_tree "$tmp/noshell"; cmd_image localhost/mfx-noshell:1 "$tmp/noshell"; }
  if ! has_image localhost/mfx-entry:1; then
    debian_tree "$tmp/entry"; ln -sf bash "$tmp/entry/usr/bin/sh"; mkdir "$tmp/entry/work"; chmod 1777 "$tmp/entry/work"
    cmd_image localhost/mfx-entry:1 "$tmp/entry" '{"Entrypoint":["/usr/bin/echo","entrypoint"],"Cmd":["argument"],"User":"1000:1000","WorkingDir":"/work","Env":["PATH=/usr/bin","PWD=/of/the/image"]}'
  fi
  if ! has_image localhost/mfx-linked:1; then
    debian_tree "$tmp/linked"; cp "$tmp/linked/usr/bin/dash" "$tmp/linked/usr/bin/busybox"
    cmd_image localhost/mfx-linked:1 "$tmp/linked"
  fi
  local probe=$here/../../examples/probe/image
  if [ -d "$probe" ]; then
    cp -R "$probe/." "$tmp/shell/"
    cmd_image localhost/mfx-probe:1 "$tmp/shell"
  fi
  rm -rf "$tmp"
}
