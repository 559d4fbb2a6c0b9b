/** Compliance as the API tells it. */

export type Verdict = "pass" | "fail" | "not_applicable" | "insufficient_evidence" | "manual"
export type Framework = "GDPR" | "HIPAA" | "SOX" | "SOC2" | "ISO27001"
export type Family =
  "audit" | "access" | "identity" | "data_protection" | "credentials" | "operations" | "lineage" | "people"

export interface FrameworkSummary {
  verdict: Verdict
  pass: number
  fail: number
  not_applicable: number
  insufficient_evidence: number
  manual: number
}

export interface Sample {
  type: string
  id: string
  label?: string
}

export interface Control {
  key: string
  title: string
  family: Family
  clauses: Partial<Record<Framework, string>>
  verdict: Verdict
  verdicts: Partial<Record<Framework, Verdict>>
  finding: string
  counts: Record<string, number>
  samples: Sample[]
  computed: string
  advice: string
  fix: { page: string; words: string } | null
  by_workflow: boolean
}

export interface Controls {
  checked_at: string
  period: { since: string; until: string }
  seal: { number: number; at: string; entries: number } | null
  scope: { workflow: { id: string; name: string } | null }
  frameworks: Partial<Record<Framework, FrameworkSummary>>
  controls: Control[]
}

export type ReportStatus = "queued" | "running" | "ready" | "failed"
export type ReportFormat = "summary" | "detailed"
export type FileType = "html" | "pdf" | "csv" | "json"

interface Person {
  id: string
  name: string
  email: string
}

export interface Report {
  id: string
  title: string
  frameworks: Framework[]
  workflow: { id: string; name: string } | null
  since: string
  until: string
  report_format: ReportFormat
  status: ReportStatus
  progress: number
  error: string
  created_at: string
  created_by: Person | null
  finished_at: string | null
}

export interface NewReport {
  title: string
  frameworks: Framework[]
  workflow: string | null
  since: string
  until: string
  report_format: ReportFormat
}

export interface Schedule {
  id: string
  title: string
  frameworks: Framework[]
  workflow: { id: string; name: string } | null
  report_format: ReportFormat
  cron: string
  zone: string
  days: number
  recipients: string[]
  enabled: boolean
  next_at: string | null
  last_at: string | null
  last_problem: string
}

export interface NewSchedule {
  title: string
  frameworks: Framework[]
  workflow: string | null
  report_format: ReportFormat
  cron: string
  zone: string
  days: number
  recipients: string[]
  enabled: boolean
}

export type AlertKind = "burst" | "denied_burst" | "new_resource" | "off_hours" | "mass_export"

export interface Alert {
  id: string
  kind: AlertKind
  who: string
  day: string
  subject: string
  count: number
  usual: number
  limit: number
  why: string
  created_at: string
  acknowledged_by: Person | null
  acknowledged_at: string | null
  note: string
}
