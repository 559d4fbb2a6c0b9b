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
