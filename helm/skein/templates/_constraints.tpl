{{/* What the schema cannot say: values that are well-formed and cannot work together, each refused with a sentence. Included once, by the Deployment. */}}
{{- define "skein.constraints" -}}
{{- $values := .Values -}}
{{- $heartbeat := 15 -}}
{{- if not $values.database.existingSecret -}}
{{- fail "database.existingSecret must name a Secret with url, user and password: Skein keeps everything in PostgreSQL." -}}
{{- end -}}
{{- $nodes := int (include "skein.leastNodes" .) -}}
{{- if gt (int $values.cluster.requiredNodes) $nodes -}}
{{- fail (printf "cluster.requiredNodes is %d and there are %d nodes: the cluster would never begin." (int $values.cluster.requiredNodes) $nodes) -}}
{{- end -}}
{{- if and (ne $values.cluster.appVersion "deployment") (not (regexMatch "^[0-9]+(\\.[0-9]+){0,2}$" $values.cluster.appVersion)) -}}
{{- fail (printf "cluster.appVersion is %s; it must be deployment, or a number such as 7 or 1.4.0 that you raise with every rollout." $values.cluster.appVersion) -}}
{{- end -}}
{{- with $values.shutdown -}}
{{- $stopping := add (int .stopDelaySeconds) (int .drainSeconds) -}}
{{- if ge (int .preStopSeconds) (int $stopping) -}}
{{- fail (printf "shutdown.preStopSeconds (%d) must be less than stopDelaySeconds and drainSeconds together (%d): most of the time belongs to the nodes' own way out." (int .preStopSeconds) (int $stopping)) -}}
{{- end -}}
{{- $needed := add (int .preStopSeconds) (int $stopping) 20 -}}
{{- if lt (int .graceSeconds) (int $needed) -}}
{{- fail (printf "shutdown.graceSeconds (%d) must be at least %d: preStopSeconds, stopDelaySeconds, drainSeconds, and 20 to leave the cluster and end." (int .graceSeconds) (int $needed)) -}}
{{- end -}}
{{- end -}}
{{- if gt (add (int $values.jvm.heapPercent) (int $values.jvm.directPercent)) 85 -}}
{{- fail "jvm.heapPercent and jvm.directPercent may be 85 together: threads, classes and compiled code need the rest, or the kernel ends the node." -}}
{{- end -}}
{{- if lt (include "skein.mebibytes" $values.resources.memory | int) 512 -}}
{{- fail (printf "resources.memory is %s; a node needs at least 512Mi." $values.resources.memory) -}}
{{- end -}}
{{- if and $values.podDisruptionBudget.enabled (gt $nodes 1) (ge (int $values.podDisruptionBudget.maxUnavailable) $nodes) -}}
{{- fail (printf "podDisruptionBudget.maxUnavailable (%d) must be less than the number of nodes (%d), or it protects nothing." (int $values.podDisruptionBudget.maxUnavailable) $nodes) -}}
{{- end -}}
{{- if and $values.clientTls.enabled (not $values.clientTls.existingSecret) -}}
{{- fail "clientTls.enabled needs clientTls.existingSecret: a Secret with tls.key and tls.crt." -}}
{{- end -}}
{{- if $values.ingress.enabled -}}
{{- if not $values.ingress.hosts -}}
{{- fail "ingress.enabled needs ingress.hosts: at least one host and path." -}}
{{- end -}}
{{- if le (int $values.ingress.socketTimeoutSeconds) $heartbeat -}}
{{- fail (printf "ingress.socketTimeoutSeconds (%d) must be more than the heartbeat of %d s, or every quiet socket is cut." (int $values.ingress.socketTimeoutSeconds) $heartbeat) -}}
{{- end -}}
{{- end -}}
{{- if $values.httpRoute.enabled -}}
{{- if not $values.httpRoute.parentRefs -}}
{{- fail "httpRoute.enabled needs httpRoute.parentRefs: the Gateway that it belongs to." -}}
{{- end -}}
{{- $timeout := int $values.httpRoute.socketTimeoutSeconds -}}
{{- if and (ne $timeout 0) (le $timeout $heartbeat) -}}
{{- fail (printf "httpRoute.socketTimeoutSeconds (%d) must be 0 or more than the heartbeat of %d s, or every quiet socket is cut." $timeout $heartbeat) -}}
{{- end -}}
{{- end -}}
{{- if and (eq $values.auth.mode "development") (or $values.ingress.enabled $values.httpRoute.enabled (ne $values.service.type "ClusterIP")) -}}
{{- fail "auth.mode development gives an identity to anybody who asks: it cannot be had together with an Ingress, an HTTPRoute or a Service for outside." -}}
{{- end -}}
{{- with $values.autoscaling -}}
{{- if .enabled -}}
{{- if gt (int .minReplicas) (int .maxReplicas) -}}
{{- fail (printf "autoscaling.minReplicas (%d) must not be more than autoscaling.maxReplicas (%d)." (int .minReplicas) (int .maxReplicas)) -}}
{{- end -}}
{{- if not (or (gt (int .sessions) 0) (gt (int .commits) 0) (gt (int .cpuPercent) 0)) -}}
{{- fail "autoscaling.enabled needs something to go by: sessions, commits or cpuPercent." -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if and (not $values.serviceAccount.create) (not $values.serviceAccount.name) -}}
{{- fail "serviceAccount.create is false, so serviceAccount.name must say which one there is: nodes find each other through the Kubernetes API." -}}
{{- end -}}
{{- range $values.extraEnv -}}
{{- if has .name (list "JDK_JAVA_OPTIONS" "SKEIN_DB_URL" "SKEIN_DB_USER" "SKEIN_DB_PASSWORD" "SKEIN_TOKEN_KEY" "SKEIN_SECRETS_KEYS" "SKEIN_AUTH_MODE" "SKEIN_HTTP_HOST" "SKEIN_HTTP_PORT" "SKEIN_APP_VERSION") -}}
{{- fail (printf "extraEnv sets %s, which the chart sets: there is a value for it." .name) -}}
{{- end -}}
{{- if hasPrefix "SKEIN_CLUSTER_" .name -}}
{{- fail (printf "extraEnv sets %s: what makes nodes a cluster is the chart's." .name) -}}
{{- end -}}
{{- end -}}
{{- end -}}
