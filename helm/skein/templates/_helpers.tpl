{{/* Of all objects, and of the cluster of nodes: two releases in one namespace have nothing in common. */}}
{{- define "skein.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride -}}
{{- else if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "skein.instance" -}}
app.kubernetes.io/name: skein
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{/* By these Services, policies and nodes know nodes, and not the Job and the test, which have another component. */}}
{{- define "skein.selector" -}}
{{ include "skein.instance" . }}
app.kubernetes.io/component: node
{{- end -}}

{{- define "skein.labels" -}}
{{ include "skein.instance" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{- define "skein.serviceAccount" -}}
{{- .Values.serviceAccount.name | default (include "skein.fullname" .) -}}
{{- end -}}

{{- define "skein.image" -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" .Values.image.repository (.Values.image.tag | default .Chart.AppVersion) -}}
{{- end -}}
{{- end -}}

{{- define "skein.imagePullSecrets" -}}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
{{- range . }}
  - name: {{ . | quote }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "skein.tokenKeySecret" -}}
{{- .Values.tokenKey.existingSecret | default (printf "%s-token-key" (include "skein.fullname" .)) -}}
{{- end -}}

{{- define "skein.secretsKeysSecret" -}}
{{- .Values.secretsKeys.existingSecret | default (printf "%s-secrets-keys" (include "skein.fullname" .)) -}}
{{- end -}}

{{- define "skein.nodeTlsSecret" -}}
{{- .Values.nodeTls.existingSecret | default (printf "%s-node-tls" (include "skein.fullname" .)) -}}
{{- end -}}

{{/* The lease by which one side of a split goes on: Pekko's name for it. */}}
{{- define "skein.lease" -}}
{{- include "skein.fullname" . -}}-pekko-sbr
{{- end -}}

{{/* Fewest nodes there are on purpose. */}}
{{- define "skein.leastNodes" -}}
{{- if .Values.autoscaling.enabled -}}{{ .Values.autoscaling.minReplicas }}{{- else -}}{{ .Values.replicas }}{{- end -}}
{{- end -}}

{{- define "skein.requiredNodes" -}}
{{- if gt (int .Values.cluster.requiredNodes) 0 -}}
{{- .Values.cluster.requiredNodes -}}
{{- else -}}
{{- add1 (div (int (include "skein.leastNodes" .)) 2) -}}
{{- end -}}
{{- end -}}

{{- define "skein.mebibytes" -}}
{{- if hasSuffix "Gi" . -}}{{ mul (trimSuffix "Gi" . | int64) 1024 }}{{- else -}}{{ trimSuffix "Mi" . | int64 }}{{- end -}}
{{- end -}}

{{/* Twice what is asked for, rounded up: without a limit a JVM would see every processor of its host. */}}
{{- define "skein.processors" -}}
{{- if gt (int .Values.jvm.processors) 0 -}}
{{- .Values.jvm.processors -}}
{{- else if hasSuffix "m" .Values.resources.cpu -}}
{{- max 2 (div (add (mul 2 (trimSuffix "m" .Values.resources.cpu | int64)) 999) 1000) -}}
{{- else -}}
{{- max 2 (mul 2 (int64 .Values.resources.cpu)) -}}
{{- end -}}
{{- end -}}

{{- define "skein.jvmOptions" -}}
{{- $direct := div (mul (include "skein.mebibytes" .Values.resources.memory | int64) (int64 .Values.jvm.directPercent)) 100 -}}
{{- $options := list
    (printf "-XX:InitialRAMPercentage=%d" (int .Values.jvm.heapPercent))
    (printf "-XX:MaxRAMPercentage=%d" (int .Values.jvm.heapPercent))
    (printf "-XX:MaxDirectMemorySize=%dm" $direct)
    (printf "-XX:ActiveProcessorCount=%s" (include "skein.processors" .))
    "-XX:+ExitOnOutOfMemoryError" -}}
{{- join " " (concat $options .Values.jvm.options) -}}
{{- end -}}

{{- define "skein.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "skein.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{/* One variable from a Secret: (list "NAME" "secret" "key"). */}}
{{- define "skein.secretVariable" -}}
- name: {{ index . 0 }}
  valueFrom:
    secretKeyRef:
      name: {{ index . 1 | quote }}
      key: {{ index . 2 | quote }}
{{- end -}}

{{/* How to reach the database: (list . "secret"). */}}
{{- define "skein.databaseVariables" -}}
{{- $database := (index . 0).Values.database -}}
{{- $secret := index . 1 -}}
{{ include "skein.secretVariable" (list "SKEIN_DB_URL" $secret $database.urlKey) }}
{{ include "skein.secretVariable" (list "SKEIN_DB_USER" $secret $database.userKey) }}
{{ include "skein.secretVariable" (list "SKEIN_DB_PASSWORD" $secret $database.passwordKey) }}
{{- end -}}
