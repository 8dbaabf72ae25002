{{- define "runner.name" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 50 | trimSuffix "-" }}{{ else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 50 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "runner.account" -}}
{{- if .Values.serviceAccount.create }}{{ default (include "runner.name" .) .Values.serviceAccount.name }}{{ else }}{{ default "default" .Values.serviceAccount.name }}{{ end }}
{{- end }}

{{- /* Names are quoted: one like 123 or true would be no text in YAML. */}}
{{- define "runner.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{- define "runner.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | quote }}
{{ include "runner.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service | quote }}
{{- end }}

{{- define "runner.image" -}}
{{- if .Values.image.digest }}{{ .Values.image.repository }}@{{ .Values.image.digest }}{{ else }}{{ .Values.image.repository }}:{{ default .Chart.AppVersion .Values.image.tag }}{{ end }}
{{- end }}

{{- define "runner.container" -}}
image: {{ include "runner.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy | quote }}
envFrom:
  - secretRef:
      name: {{ .Values.database.secretName | quote }}
{{- if or .Values.timezone .Values.env }}
env:
  {{- with .Values.timezone }}
  - name: MULTIFLEXI_TIMEZONE
    value: {{ . | quote }}
  {{- end }}
  {{- with .Values.env }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}
# Of both containers: a quota refuses a pod where one has none.
resources:
  {{- toYaml .Values.resources | nindent 2 }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
volumeMounts:
  # helm's caches, and what jobs keep for a while.
  - name: home
    mountPath: /home/multiflexi
  - name: tmp
    mountPath: /tmp
  {{- with .Values.volumeMounts }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}

{{- define "runner.pod" -}}
metadata:
  labels:
    {{- /* Of labels with the same name the selector's stays: a Deployment whose pods it does not find is refused. */}}
    {{- merge (include "runner.selector" . | fromYaml) (default dict .Values.podLabels) | toYaml | nindent 4 }}
  {{- with .Values.podAnnotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  serviceAccountName: {{ include "runner.account" . | quote }}
  # By its token kubectl and helm reach the cluster: no kubeconfig is needed.
  automountServiceAccountToken: true
  enableServiceLinks: false
  {{- with .Values.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- if eq .Values.mode "cron" }}
  restartPolicy: Never
  {{- end }}
  terminationGracePeriodSeconds: {{ toYaml .Values.drainSeconds }}
  {{- if .Values.hostNetwork }}
  hostNetwork: true
  {{- end }}
  {{- with .Values.priorityClassName }}
  priorityClassName: {{ . | quote }}
  {{- end }}
  securityContext:
    runAsNonRoot: true
    runAsUser: 10001
    runAsGroup: 10001
    fsGroup: {{ toYaml .Values.fsGroup }}
    seccompProfile: {type: RuntimeDefault}
  {{- if .Values.database.migrate }}
  initContainers:
    - name: migrate
      args: [database, migrate]
      {{- include "runner.container" . | nindent 6 }}
  {{- end }}
  containers:
    - name: runner
      args:
        - queue
        - run
        {{- if eq .Values.mode "watch" }}
        - --watch
        - {{ printf "--interval=%s" .Values.interval | quote }}
        {{- else }}
        - --fill
        {{- end }}
        - --drain
        - --parallel={{ .Values.parallel }}
        {{- range .Values.arguments }}
        - {{ . | quote }}
        {{- end }}
      {{- include "runner.container" . | nindent 6 }}
  volumes:
    - name: home
      emptyDir: {}
    - name: tmp
      emptyDir: {}
    {{- with .Values.volumes }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with .Values.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
