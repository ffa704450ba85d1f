{{- define "backlot.fullname" -}}
{{- default .Release.Name .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- end -}}

{{- define "backlot.image" -}}
{{- .Values.image.repository }}:{{ default .Chart.AppVersion .Values.image.tag -}}
{{- end -}}

{{- define "backlot.selector" -}}
app.kubernetes.io/name: backlot
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "backlot.labels" -}}
{{ include "backlot.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end -}}

{{- define "backlot.secretName" -}}
{{- if .Values.secret.existingSecret -}}
{{- .Values.secret.existingSecret -}}
{{- else -}}
{{- include "backlot.fullname" . -}}
{{- end -}}
{{- end -}}

{{- define "backlot.serviceAccount" -}}
{{- if .Values.serviceAccount.existing -}}
{{- .Values.serviceAccount.existing -}}
{{- else -}}
{{- include "backlot.fullname" . -}}
{{- end -}}
{{- end -}}

{{/* Restricted, as the Pod Security Standards call it. 1000 is the account of the image. */}}
{{- define "backlot.podSecurity" -}}
runAsNonRoot: true
runAsUser: 1000
runAsGroup: 1000
fsGroup: 1000
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "backlot.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{- define "backlot.env" -}}
- name: HOST
  value: 0.0.0.0
- name: PORT
  value: "4000"
- name: RTMP_PORT
  value: "1935"
- name: SHUTDOWN_TIMEOUT_SECONDS
  value: {{ .Values.shutdownTimeoutSeconds | quote }}
{{- if .Values.live.publicHost }}
- name: RTMP_PUBLIC_HOST
  value: {{ .Values.live.publicHost | quote }}
{{- end }}
{{- range $name, $value := .Values.config }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- if .Values.secret.existingSecret }}
{{- range $name := .Values.secret.keys }}
- name: {{ $name }}_FILE
  value: /run/secrets/backlot/{{ $name }}
{{- end }}
{{- else }}
{{- range $name, $value := .Values.secret.values }}
- name: {{ $name }}_FILE
  value: /run/secrets/backlot/{{ $name }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "backlot.mounts" -}}
- name: data
  mountPath: /var/lib/backlot
- name: tmp
  mountPath: /tmp
- name: secrets
  mountPath: /run/secrets/backlot
  readOnly: true
{{- end -}}

{{- define "backlot.volumes" -}}
- name: data
{{- if .Values.data.existingClaim }}
  persistentVolumeClaim:
    claimName: {{ .Values.data.existingClaim }}
{{- else }}
  emptyDir:
    sizeLimit: {{ .Values.data.sizeLimit }}
{{- end }}
- name: tmp
  emptyDir:
    sizeLimit: 1Gi
- name: secrets
  secret:
    secretName: {{ include "backlot.secretName" . }}
    defaultMode: 288 # 0440
{{- end -}}

{{/* A change of a secret of the chart's own starts pods anew; after a change of an existing one, restart them yourself. */}}
{{- define "backlot.secretChecksum" -}}
checksum/secret: {{ .Values.secret.values | toYaml | sha256sum }}
{{- end -}}
