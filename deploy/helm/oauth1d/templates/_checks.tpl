{{- /* One line for each mistake that would only show in a pod's log. */ -}}
{{- define "oauth1d.checks" -}}
{{- if not .Values.keyring.existingSecret }}
{{- fail "keyring.existingSecret: name the Secret with the keyring: oauth1ctl keyring new > keyring.yaml && kubectl create secret generic oauth1d-keyring --from-file=keyring.yaml" }}
{{- end }}
{{- if not .Values.config.providers }}{{ fail "config.providers: name at least one provider, as in deploy/oauth1d.example.yaml" }}{{ end }}
{{- if not .Values.config.owners }}{{ fail "config.owners: name at least one owner and the providers that it may use" }}{{ end }}
{{- $redis := .Values.store.redis }}
{{- if and $redis.address $redis.sentinel }}{{ fail "store.redis: address and sentinel exclude each other" }}{{ end }}
{{- $hasRedis := or $redis.address $redis.sentinel }}
{{- if and .Values.store.memory $hasRedis }}{{ fail "store: memory and redis exclude each other" }}{{ end }}
{{- if not (or .Values.store.memory $hasRedis) }}{{ fail "store.redis.address: where Redis is, host:port (or store.redis.sentinel, or store.memory for one replica)" }}{{ end }}
{{- if and .Values.store.memory (or (gt (int .Values.replicas) 1) .Values.autoscaling.enabled) }}
{{- fail "store.memory: flows are kept in one process, so replicas must be 1 and autoscaling off; or set store.redis.address" }}
{{- end }}
{{- $ways := 0 }}
{{- if .Values.tls.secretName }}{{ $ways = add1 $ways }}{{ end }}
{{- if .Values.tls.certManager.issuerRef }}{{ $ways = add1 $ways }}{{ end }}
{{- if .Values.tls.dangerouslyDisabled }}{{ $ways = add1 $ways }}{{ end }}
{{- if ne (int $ways) 1 }}
{{- fail "tls: set one of tls.secretName, tls.certManager.issuerRef and tls.dangerouslyDisabled (only inside a mesh that encrypts, or for a trial)" }}
{{- end }}
{{- if and .Values.tls.dangerouslyDisabled .Values.tls.clientCaSecret }}{{ fail "tls.clientCaSecret: callers' certificates need TLS" }}{{ end }}
{{- range $key := list "listen" "metrics" "store" "keyring" }}
{{- if hasKey $.Values.config $key }}{{ fail (printf "config.%s: the chart writes it; see tls, store and keyring of the values" $key) }}{{ end }}
{{- end }}
{{- if and .Values.gateway.enabled .Values.gateway.config.service }}{{ fail "gateway.config.service: the chart writes it" }}{{ end }}
{{- end -}}
