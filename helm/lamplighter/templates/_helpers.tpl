{{/* What each service needs beside its settings: the schema (and role) it owns, and whether it opens sealed secrets. */}}
{{- define "lamplighter.services" -}}
update-scheduler: { schema: update_scheduler }
command-queue: { schema: command_queue, sealer: true }
apns-push: { schema: apns_push, sealer: true }
device-gateway: { devices: true }
status-ingestion: { schema: status_ingestion }
ddm: { schema: ddm }
admin-api: { schema: admin_api, sealer: true, adminToken: true }
{{- end }}

{{- define "lamplighter.fullname" -}}
{{- if contains .Chart.Name .Release.Name -}}{{ .Release.Name | trunc 40 | trimSuffix "-" }}
{{- else -}}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 40 | trimSuffix "-" }}{{- end -}}
{{- end }}

{{/* Takes {root, name}: the labels that select the pods of one service. They never change. */}}
{{- define "lamplighter.selector" -}}
app.kubernetes.io/name: {{ .root.Chart.Name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .name }}
{{- end }}

{{- define "lamplighter.labels" -}}
{{ include "lamplighter.selector" . }}
app.kubernetes.io/part-of: lamplighter
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end }}

{{- define "lamplighter.image" -}}
{{- with .Values.image -}}
{{- $repository := required "image.repository is needed: build and push the image of deploy/Dockerfile, and name it here" .repository -}}
{{- if .digest -}}{{ $repository }}@{{ .digest }}
{{- else -}}{{ $repository }}:{{ .tag | default $.Chart.AppVersion }}{{- end -}}
{{- end -}}
{{- end }}

{{- define "lamplighter.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}{{ .Values.serviceAccount.name | default (include "lamplighter.fullname" .) }}
{{- else -}}{{ .Values.serviceAccount.name | default "default" }}{{- end -}}
{{- end }}

{{- define "lamplighter.secret" -}}
{{- .Values.secrets.existingSecret | default (printf "%s-secrets" (include "lamplighter.fullname" .)) -}}
{{- end }}

{{- define "lamplighter.migrationSecret" -}}
{{- .Values.migrations.existingSecret | default (printf "%s-migrations" (include "lamplighter.fullname" .)) -}}
{{- end }}

{{/* Takes {root, name}: the settings of one service as a map, its own over those of all. */}}
{{- define "lamplighter.config" -}}
{{- $own := (index .root.Values.services .name).config | default dict -}}
{{- toYaml (merge dict $own .root.Values.config) -}}
{{- end }}

{{/* A setting as the text that the service reads. YAML's numbers arrive as floats, and 16777216 must not become 1.6777216e+07. */}}
{{- define "lamplighter.text" -}}
{{- if and (kindIs "float64" .) (eq (floor .) .) -}}{{ int64 . }}{{- else -}}{{ toString . }}{{- end -}}
{{- end }}

{{/* Seconds that one service may take to finish its work in hand. */}}
{{- define "lamplighter.drain" -}}
{{- $config := include "lamplighter.config" . | fromYaml -}}
{{- get $config "LAMP_DRAIN_SECONDS" | default 20 | int -}}
{{- end }}

{{- define "lamplighter.podSecurity" -}}
runAsNonRoot: true
runAsUser: 1000
runAsGroup: 1000
fsGroup: 1000
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "lamplighter.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{/* Takes {root, schema}: the database URL of one role, made from the owner's URL and the role's password. */}}
{{- define "lamplighter.roleUrl" -}}
{{- $password := get .root.Values.migrations.rolePasswords .schema -}}
{{- $owner := .root.Values.migrations.databaseUrl -}}
{{- if and $owner $password -}}
{{- urlJoin (merge (dict "userinfo" (printf "lamp_%s:%s" .schema $password)) (omit (urlParse $owner) "userinfo")) -}}
{{- end -}}
{{- end }}
