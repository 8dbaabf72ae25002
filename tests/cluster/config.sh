# shellcheck shell=bash disable=SC2154,SC2016
# Sourced by `cluster`: the configuration of the parts, as their versions want it.

# at_least MINOR: is the server Kubernetes 1.MINOR or later?
at_least() { [ "$(server_minor)" -ge "$1" ]; }
server_minor() { server_version | cut -d. -f2; }
# Also of a server that is not installed yet.
server_version() {
  local kubelet=$bin/kubelet
  [ -x "$kubelet" ] || kubelet=${MFX_CLUSTER_SERVER:-}/kubelet
  [ -x "$kubelet" ] || { echo "$kubernetes_version"; return; }
  "$kubelet" --version | sed -n 's/^Kubernetes v\([0-9]*\.[0-9]*\.[0-9]*\).*/\1/p' | grep . || die "$kubelet does not tell its version"
}

containerd_major() { containerd --version | grep -oE ' v?[0-9]+\.[0-9]+' | tr -d ' v' | head -n1 | cut -d. -f1; }

# overlayfs where the home's file system can carry it (not on an overlay itself, as in a container), else plain copies
snapshotter() {
  local probe=$data/overlay-probe kind=native
  mkdir -p "$probe"/{lower,upper,work,merged}
  unshare --mount mount -t overlay overlay -o "lowerdir=$probe/lower,upperdir=$probe/upper,workdir=$probe/work" "$probe/merged" 2>/dev/null && kind=overlayfs
  rm -rf "$probe"
  echo $kind
}

write_kubeconfig() {
  cat >"$kubeconfig" <<E
apiVersion: v1
kind: Config
clusters: [{name: mfx, cluster: {server: "https://127.0.0.1:$api_port", insecure-skip-tls-verify: true}}]
users: [{name: admin, user: {token: $token}}]
contexts: [{name: mfx, context: {cluster: mfx, user: admin}}]
current-context: mfx
E
  chmod 600 "$kubeconfig"
  # Started by sudo: the tests run as the user who called.
  [ -z "${SUDO_UID:-}" ] || chown "$SUDO_UID" "$kubeconfig"
}

# Where CAP_SYS_RESOURCE is missing a lower oom score cannot be set: hence restrict_oom_score_adj.
containerd_config() {
  local snapshotter local_pull=false; snapshotter=$(snapshotter)
  if [ "$(containerd_major)" -lt 2 ]; then
    cat <<E
version = 2
root = "$data/containerd"
state = "$sockets/containerd"
[grpc]
  address = "$sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "localhost/pause:1"
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "$snapshotter"
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "$data/certs.d"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "$data/cni"
E
  else
    # The transfer service, by which images come, knows no snapshotter but overlayfs unless it is told in full.
    [ "$snapshotter" = overlayfs ] || local_pull=true
    cat <<E
version = 3
root = "$data/containerd"
state = "$sockets/containerd"
[grpc]
  address = "$sock"
[plugins."io.containerd.cri.v1.images"]
  snapshotter = "$snapshotter"
  use_local_image_pull = $local_pull
  [plugins."io.containerd.cri.v1.images".pinned_images]
    sandbox = "localhost/pause:1"
  [plugins."io.containerd.cri.v1.images".registry]
    config_path = "$data/certs.d"
[plugins."io.containerd.cri.v1.runtime"]
  restrict_oom_score_adj = true
  [plugins."io.containerd.cri.v1.runtime".cni]
    bin_dirs = ["/usr/lib/cni"]
    conf_dir = "$data/cni"
[plugins."io.containerd.transfer.v1.local"]
  config_path = "$data/certs.d"
E
  fi
}

kubelet_config() {
  cat <<E
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
address: 127.0.0.1
port: $kubelet_port
healthzBindAddress: 127.0.0.1
healthzPort: $kubelet_health_port
readOnlyPort: 0
authentication: {anonymous: {enabled: true}, webhook: {enabled: false}}
authorization: {mode: AlwaysAllow}
cgroupDriver: cgroupfs
cgroupsPerQOS: false
enforceNodeAllocatable: []
failSwapOn: false
# Its limit is 5 a second of the whole node, and what is beyond is told late or never: tests run several pods at once.
eventRecordQPS: 1000
eventBurst: 2000
makeIPTablesUtilChains: false
clusterDNS: []
resolvConf: ""
evictionHard: {nodefs.available: "0%", imagefs.available: "0%", memory.available: "50Mi"}
imageGCHighThresholdPercent: 100
syncFrequency: 1s
nodeStatusUpdateFrequency: 1s
fileCheckFrequency: 1h
maxPods: 110
oomScoreAdj: 0
registryPullQPS: 50
# An image that never comes must not hold those of other tests.
serializeImagePulls: false
E
  ! at_least 27 || echo "containerRuntimeEndpoint: unix://$sock"
  ! at_least 31 || echo "failCgroupV1: false"
  [ -z "${MFX_GATES:-}" ] || echo "featureGates: {$(sed 's/=/: /g; s/,/, /g' <<<"$MFX_GATES")}"
  echo "${MFX_KUBELET:-}"
}

write_config() {
  mkdir -p "$data"/{etcd,pki,cni,kubelet,containerd,certs.d} "$sockets"
  [ -f "$data/pki/sa.key" ] || openssl genrsa -out "$data/pki/sa.key" 2048 2>/dev/null
  (umask 077; echo "$token,admin,admin,system:masters" >"$data/pki/tokens.csv")
  write_kubeconfig
  containerd_config >"$data/containerd.toml"
  cat >"$data/cni/10-mfx.conflist" <<E
{"cniVersion":"0.4.0","name":"mfx","plugins":[{"type":"ptp","ipMasq":false,"ipam":{"type":"host-local","subnet":"$subnet","dataDir":"$data/ipam"}}]}
E
  kubelet_config >"$data/kubelet.yaml"
}

# What servers before these versions need to be told as flags, and later ones no longer know.
set_flags_by_version() {
  gates=() no_insecure_port=() runtime=()
  [ -z "${MFX_GATES:-}" ] || gates=("--feature-gates=$MFX_GATES")
  at_least 24 || no_insecure_port=(--port=0)
  at_least 27 || runtime=(--container-runtime=remote "--container-runtime-endpoint=unix://$sock")
}
