{{/* Every one of these is read by the server: a test compares them with its reference.conf. */}}
{{- define "skein.nodeVariables" -}}
- name: JDK_JAVA_OPTIONS
  value: {{ include "skein.jvmOptions" . | quote }}
- name: SKEIN_DATA_DIR
  value: /var/lib/skein
- name: SKEIN_HTTP_HOST
  value: "0.0.0.0"
- name: SKEIN_HTTP_PORT
  value: {{ .Values.ports.http | quote }}
- name: SKEIN_HTTP_STOP_DELAY
  value: {{ printf "%ds" (int .Values.shutdown.stopDelaySeconds) | quote }}
- name: SKEIN_MANAGEMENT_HOST
  value: "0.0.0.0"
- name: SKEIN_MANAGEMENT_PORT
  value: {{ .Values.ports.metrics | quote }}
{{- with .Values.tracing }}
{{- if .endpoint }}
- name: SKEIN_TRACING_ENDPOINT
  value: {{ .endpoint | quote }}
- name: SKEIN_TRACING_SAMPLING
  value: {{ .sampling | quote }}
{{- end }}
{{- end }}
{{- with .Values.auth.corsOrigins }}
- name: SKEIN_CORS_ORIGINS
  value: {{ join "," . | quote }}
{{- end }}
{{- with .Values.proxies.trusted }}
- name: SKEIN_TRUSTED_PROXIES
  value: {{ join "," . | quote }}
- name: SKEIN_FORWARDED_HEADER
  value: {{ $.Values.proxies.header }}
{{- end }}
- name: SKEIN_LIMITS_BY_ADDRESS
  value: {{ .Values.limitAddresses | default (not (empty .Values.proxies.trusted) | toString) | quote }}
{{- if .Values.clientTls.enabled }}
- name: SKEIN_HTTP_TLS_KEY
  value: /etc/skein-client-tls/tls.key
- name: SKEIN_HTTP_TLS_CERTIFICATE
  value: /etc/skein-client-tls/tls.crt
{{- end }}
{{ include "skein.authVariables" . }}
{{ include "skein.secretVariable" (list "SKEIN_SECRETS_KEYS" (include "skein.secretsKeysSecret" .) .Values.secretsKeys.key) }}
{{- with .Values.secretsKeys.current }}
- name: SKEIN_SECRETS_CURRENT
  value: {{ . | quote }}
{{- end }}
{{ include "skein.databaseVariables" (list . .Values.database.existingSecret) }}
- name: SKEIN_DB_POOL_SIZE
  value: {{ .Values.database.poolSize | quote }}
- name: SKEIN_DB_JOURNAL_POOL_SIZE
  value: {{ .Values.database.journalPoolSize | quote }}
{{ include "skein.clusterVariables" . }}
{{- end -}}

{{/* What makes and checks tokens, also for the test. */}}
{{- define "skein.authVariables" -}}
- name: SKEIN_AUTH_MODE
  value: {{ .Values.auth.mode }}
- name: SKEIN_TOKEN_ISSUER
  value: {{ .Values.auth.issuer | quote }}
- name: SKEIN_TOKEN_AUDIENCE
  value: {{ .Values.auth.audience | quote }}
{{ include "skein.secretVariable" (list "SKEIN_TOKEN_KEY" (include "skein.tokenKeySecret" .) .Values.tokenKey.key) }}
{{- end -}}

{{- define "skein.clusterVariables" -}}
- name: SKEIN_CLUSTER_NAME
  value: {{ include "skein.fullname" . }}
- name: SKEIN_CLUSTER_ENVIRONMENT
  value: kubernetes
- name: SKEIN_CLUSTER_HOST
  valueFrom:
    fieldRef:
      fieldPath: status.podIP
- name: SKEIN_CLUSTER_POD_NAME
  valueFrom:
    fieldRef:
      fieldPath: metadata.name
- name: SKEIN_CLUSTER_PORT
  value: {{ .Values.ports.remoting | quote }}
- name: SKEIN_CLUSTER_MANAGEMENT_PORT
  value: {{ .Values.ports.management | quote }}
- name: SKEIN_CLUSTER_POD_SELECTOR
  value: {{ printf "app.kubernetes.io/name=skein,app.kubernetes.io/instance=%s,app.kubernetes.io/component=node" .Release.Name | quote }}
- name: SKEIN_CLUSTER_REQUIRED_NODES
  value: {{ include "skein.requiredNodes" . | quote }}
- name: SKEIN_CLUSTER_DOWNING
  value: {{ .Values.cluster.downing }}
- name: SKEIN_CLUSTER_DELETION_COST
  value: {{ .Values.cluster.podDeletionCost | quote }}
- name: SKEIN_CLUSTER_DRAIN_TIMEOUT
  value: {{ printf "%ds" (int .Values.shutdown.drainSeconds) | quote }}
- name: SKEIN_APP_VERSION
  value: {{ .Values.cluster.appVersion | quote }}
{{- if .Values.nodeTls.enabled }}
- name: SKEIN_CLUSTER_TLS_KEY
  value: /etc/skein-tls/tls.key
- name: SKEIN_CLUSTER_TLS_CERTIFICATE
  value: /etc/skein-tls/tls.crt
- name: SKEIN_CLUSTER_TLS_AUTHORITY
  value: /etc/skein-tls/ca.crt
{{- end }}
{{- end -}}

{{/* (list . "path" failures) */}}
{{- define "skein.probe" -}}
{{- $values := (index . 0).Values -}}
httpGet:
  path: /health/{{ index . 1 }}
  port: http
  {{- if $values.clientTls.enabled }}
  scheme: HTTPS
  {{- end }}
periodSeconds: {{ $values.probes.periodSeconds }}
timeoutSeconds: {{ $values.probes.timeoutSeconds }}
failureThreshold: {{ index . 2 }}
{{- end -}}

{{/* (list . "topology key" "what if not") Nodes of one rollout are spread among themselves, or the last one would depend on those that go. */}}
{{- define "skein.spread" -}}
{{- if index . 2 -}}
- topologyKey: {{ index . 1 }}
  maxSkew: 1
  whenUnsatisfiable: {{ index . 2 }}
  labelSelector:
    matchLabels:
      {{- include "skein.selector" (index . 0) | nindent 6 }}
  matchLabelKeys: [pod-template-hash]
{{- end -}}
{{- end -}}
