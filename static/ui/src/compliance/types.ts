/** Compliance as the API tells it. */
import type { components } from "../api/schema"

type Schemas = components["schemas"]

export type FrameworkSummary = Schemas["FrameworkSummary"]
export type Verdict = FrameworkSummary["verdict"]
export type Report = Schemas["ComplianceReportItem"]
export type Framework = Report["frameworks"][number]
export type ReportFormat = Report["report_format"]
export type FileType = "html" | "pdf" | "csv" | "json"
export type SentReport = Schemas["NewReport"]
export type NewReport = Omit<SentReport, "frameworks"> & { frameworks: readonly Framework[] }
export type Schedule = Schemas["ComplianceScheduleItem"]
export type SentSchedule = Schemas["NewComplianceSchedule"]
export type NewSchedule = Omit<SentSchedule, "frameworks"> & { frameworks: readonly Framework[] }
export type Alert = Schemas["AlertItem"]
export type AlertKind = Alert["kind"]
export type Sample = Schemas["ControlSample"]
export type Control = Omit<Schemas["ControlItem"], "clauses" | "verdicts"> & {
  clauses: Partial<Record<Framework, string>>
  verdicts: Partial<Record<Framework, Verdict>>
}
export type Controls = Omit<Schemas["ControlReport"], "frameworks" | "controls"> & {
  frameworks: Partial<Record<Framework, FrameworkSummary>>
  controls: Control[]
}
