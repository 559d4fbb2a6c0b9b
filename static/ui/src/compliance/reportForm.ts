/** What a report is asked with, as its form holds it. Pure. */
import { periodOf, PERIODS, type Days } from "./place"
import type { Framework, NewReport, NewSchedule, ReportFormat, Schedule } from "./types"
import { frameworkLabel, FRAMEWORKS } from "./words"

export interface ReportForm {
  readonly title: string
  readonly frameworks: readonly Framework[]
  readonly workflow: string
  readonly days: Days
  readonly format: ReportFormat
}

export interface ScheduleForm extends ReportForm {
  readonly cron: string
  readonly zone: string
  readonly recipients: readonly string[]
  readonly enabled: boolean
}

export const FORMATS = [
  { value: "detailed", label: "Each control with its evidence" },
  { value: "summary", label: "Counts by framework" },
] as const

/** “GDPR, last 30 days” */
export function titleOf(frameworks: readonly Framework[], days: Days): string {
  const names = frameworks.map(frameworkLabel)
  const period = PERIODS.find(({ value }) => value === days)?.label.toLowerCase() ?? ""
  return `${names.length > 3 ? "All frameworks" : names.join(", ")}, ${period}`
}

export function reportOf(form: ReportForm, now: Date): NewReport {
  return {
    title: form.title.trim() || titleOf(form.frameworks, form.days),
    frameworks: form.frameworks,
    workflow: form.workflow || null,
    ...periodOf(form.days, now),
    report_format: form.format,
  }
}

export function scheduleOf(form: ScheduleForm): NewSchedule {
  return {
    title: form.title.trim() || titleOf(form.frameworks, form.days),
    frameworks: form.frameworks,
    workflow: form.workflow || null,
    report_format: form.format,
    cron: form.cron,
    zone: form.zone,
    days: Number(form.days),
    recipients: [...form.recipients],
    enabled: form.enabled,
  }
}

export function formOf(schedule: Schedule): ScheduleForm {
  const {
    title,
    frameworks,
    workflow,
    report_format: format,
    days,
    cron,
    zone,
    recipients,
    enabled,
  } = schedule
  const known = PERIODS.find(({ value }) => Number(value) === days)?.value ?? "30"
  return {
    title,
    frameworks: frameworks.length ? frameworks : FRAMEWORKS,
    workflow: workflow?.id ?? "",
    days: known,
    format,
    cron,
    zone,
    recipients,
    enabled,
  }
}

/** Each first of a month, in the morning of who sets it up. */
export const newSchedule = (form: ReportForm, zone: string): ScheduleForm => ({
  ...form,
  title: "",
  cron: "0 7 1 * *",
  zone,
  recipients: [],
  enabled: true,
})
