{{- /* oauth1d.yaml */ -}}
{{- define "oauth1d.config" -}}
{{- $listen := dict "address" "0.0.0.0:50051" "drain_delay" .Values.drainDelay }}
{{- if include "oauth1d.tlsSecret" . }}
{{- $tls := dict "cert_file" "/etc/oauth1d/tls/tls.crt" "key_file" "/etc/oauth1d/tls/tls.key" }}
{{- if .Values.tls.clientCaSecret }}{{ $_ := set $tls "client_ca_file" (printf "/etc/oauth1d/client-ca/%s" (.Values.tls.clientCaSecret.key | default "ca.crt")) }}{{ end }}
{{- $_ := set $listen "tls" $tls }}
{{- end }}
{{- $store := dict "memory" dict }}
{{- if not .Values.store.memory }}
{{- $from := .Values.store.redis }}
{{- $redis := dict }}
{{- if $from.address }}{{ $_ := set $redis "address" $from.address }}{{ end }}
{{- if $from.username }}{{ $_ := set $redis "username" $from.username }}{{ end }}
{{- if $from.passwordSecret }}{{ $_ := set $redis "password" (dict "file" (printf "/etc/oauth1d/store/password/%s" $from.passwordSecret.key)) }}{{ end }}
{{- if $from.tls }}
{{- $tls := dict }}
{{- if $from.tls.caSecret }}{{ $_ := set $tls "ca_file" (printf "/etc/oauth1d/store/ca/%s" $from.tls.caSecret.key) }}{{ end }}
{{- if $from.tls.certSecret }}{{ $_ := set $tls "cert_file" "/etc/oauth1d/store/cert/tls.crt" }}{{ $_ := set $tls "key_file" "/etc/oauth1d/store/cert/tls.key" }}{{ end }}
{{- if $from.tls.serverName }}{{ $_ := set $tls "server_name" $from.tls.serverName }}{{ end }}
{{- $_ := set $redis "tls" $tls }}
{{- end }}
{{- if $from.sentinel }}
{{- $sentinel := dict "addresses" $from.sentinel.addresses "primary" $from.sentinel.primary }}
{{- if $from.sentinel.username }}{{ $_ := set $sentinel "username" $from.sentinel.username }}{{ end }}
{{- if $from.sentinel.passwordSecret }}{{ $_ := set $sentinel "password" (dict "file" (printf "/etc/oauth1d/store/sentinel/%s" $from.sentinel.passwordSecret.key)) }}{{ end }}
{{- $_ := set $redis "sentinel" $sentinel }}
{{- end }}
{{- $store = dict "redis" $redis }}
{{- end }}
{{- $ours := dict "listen" $listen "metrics" (dict "address" "0.0.0.0:9464") "store" $store "keyring" (dict "file" (printf "/etc/oauth1d/keyring/%s" .Values.keyring.key)) }}
{{- toYaml (merge $ours (deepCopy .Values.config)) }}
{{- end -}}

{{- /* Secrets as the service wants them: readable for its group alone. Whole folders: a subPath never changes. */ -}}
{{- define "oauth1d.volumes" -}}
- {name: config, configMap: {name: {{ include "oauth1d.fullname" . }}}}
- {name: keyring, secret: {secretName: {{ .Values.keyring.existingSecret }}, defaultMode: 0440, optional: false}}
{{- range $i, $name := .Values.secrets }}
- {name: secret-{{ $i }}, secret: {secretName: {{ $name }}, defaultMode: 0440, optional: false}}
{{- end }}
{{- with include "oauth1d.tlsSecret" . }}
- {name: tls, secret: {secretName: {{ . }}, defaultMode: 0440, optional: false}}
{{- end }}
{{- with .Values.tls.clientCaSecret }}
- {name: client-ca, secret: {secretName: {{ .name }}, defaultMode: 0440, optional: false}}
{{- end }}
{{- with .Values.store.redis.passwordSecret }}
- {name: store-password, secret: {secretName: {{ .name }}, defaultMode: 0440, optional: false}}
{{- end }}
{{- with .Values.store.redis.sentinel.passwordSecret }}
- {name: store-sentinel, secret: {secretName: {{ .name }}, defaultMode: 0440, optional: false}}
{{- end }}
{{- with .Values.store.redis.tls.caSecret }}
- {name: store-ca, secret: {secretName: {{ .name }}, defaultMode: 0440, optional: false}}
{{- end }}
{{- with .Values.store.redis.tls.certSecret }}
- {name: store-cert, secret: {secretName: {{ . }}, defaultMode: 0440, optional: false}}
{{- end }}
- {name: tmp, emptyDir: {medium: Memory, sizeLimit: 16Mi}}
{{- end -}}

{{- define "oauth1d.mounts" -}}
- {name: config, mountPath: /etc/oauth1d/config, readOnly: true}
- {name: keyring, mountPath: /etc/oauth1d/keyring, readOnly: true}
{{- range $i, $name := .Values.secrets }}
- {name: secret-{{ $i }}, mountPath: /etc/oauth1d/secrets/{{ $name }}, readOnly: true}
{{- end }}
{{- if include "oauth1d.tlsSecret" . }}
- {name: tls, mountPath: /etc/oauth1d/tls, readOnly: true}
{{- end }}
{{- if .Values.tls.clientCaSecret }}
- {name: client-ca, mountPath: /etc/oauth1d/client-ca, readOnly: true}
{{- end }}
{{- if .Values.store.redis.passwordSecret }}
- {name: store-password, mountPath: /etc/oauth1d/store/password, readOnly: true}
{{- end }}
{{- if .Values.store.redis.sentinel.passwordSecret }}
- {name: store-sentinel, mountPath: /etc/oauth1d/store/sentinel, readOnly: true}
{{- end }}
{{- if .Values.store.redis.tls.caSecret }}
- {name: store-ca, mountPath: /etc/oauth1d/store/ca, readOnly: true}
{{- end }}
{{- if .Values.store.redis.tls.certSecret }}
- {name: store-cert, mountPath: /etc/oauth1d/store/cert, readOnly: true}
{{- end }}
- {name: tmp, mountPath: /tmp}
{{- end -}}

{{- /* How oauth1ctl inside the pod reaches the service; its certificate must name localhost. */ -}}
{{- define "oauth1d.ctlEnvironment" -}}
- {name: OAUTH1D_SERVER, value: "localhost:50051"}
{{- if include "oauth1d.tlsSecret" . }}
- {name: OAUTH1D_CA_FILE, value: /etc/oauth1d/tls/ca.crt}
{{- if .Values.tls.clientCaSecret }}
- {name: OAUTH1D_CERT_FILE, value: /etc/oauth1d/tls/tls.crt}
- {name: OAUTH1D_KEY_FILE, value: /etc/oauth1d/tls/tls.key}
{{- end }}
{{- end }}
{{- end -}}

{{- /* The kubelet's own probe speaks no TLS. */ -}}
{{- define "oauth1d.probe" -}}
{{- if include "oauth1d.tlsSecret" . -}}
exec: {command: [/usr/bin/oauth1ctl, health]}
{{- else -}}
grpc: {port: 50051}
{{- end -}}
{{- end -}}
