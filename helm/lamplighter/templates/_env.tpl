{{/* Takes {name, secret, key, optional?}: an environment variable from one key of a Secret. */}}
{{- define "lamplighter.env" -}}
- name: {{ .name }}
  valueFrom:
    secretKeyRef:
      name: {{ .secret }}
      key: {{ .key }}
      {{- if .optional }}
      optional: true
      {{- end }}
{{- end }}

{{/* Takes {root, name}: the data of one service's ConfigMap. What the chart itself decides comes last, and once. */}}
{{- define "lamplighter.serviceConfig" -}}
{{- range $key, $value := include "lamplighter.config" . | fromYaml }}
{{ $key }}: {{ include "lamplighter.text" $value | quote }}
{{- end }}
LAMP_SERVICE: {{ .name }}
LAMP_HTTP_HOST: "0.0.0.0"
LAMP_HTTP_PORT: "8080"
{{- if eq .name "device-gateway" }}
LAMP_GATEWAY_HOST: "0.0.0.0"
LAMP_GATEWAY_PORT: "8443"
{{- if .root.Values.gateway.tls.enabled }}
LAMP_GATEWAY_TLS_CERT: /etc/lamplighter/tls/tls.crt
LAMP_GATEWAY_TLS_KEY: /etc/lamplighter/tls/tls.key
{{- else }}
LAMP_GATEWAY_TLS: "off"
{{- end }}
LAMP_DEVICE_CA: /etc/lamplighter/device-ca/ca.pem
{{- end }}
{{- end }}
