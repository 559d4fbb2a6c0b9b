import { expect, test } from "vitest"
import { formOf, newSchedule, reportOf, scheduleOf, titleOf } from "./reportForm"

const form = {
  title: " ",
  frameworks: ["GDPR", "SOC2"],
  workflow: "",
  days: "30",
  format: "detailed",
} as const

test("a report without a title is called by what it is about", () => {
  expect(titleOf(form.frameworks, "30")).toBe("GDPR, SOC 2, last 30 days")
  expect(reportOf(form, new Date("2026-11-20T10:20:00Z"))).toEqual({
    title: "GDPR, SOC 2, last 30 days",
    frameworks: ["GDPR", "SOC2"],
    workflow: null,
    since: "2026-10-21T11:00:00.000Z",
    until: "2026-11-20T11:00:00.000Z",
    report_format: "detailed",
  })
})

test("a schedule comes back as it was set", () => {
  const asked = { ...newSchedule(form, "Europe/Lisbon"), recipients: ["a@b.c"], title: "Monthly" }
  const sent = scheduleOf(asked)
  const kept = {
    ...asked,
    ...sent,
    frameworks: [...sent.frameworks],
    id: "1",
    workflow: null,
    next_at: null,
    last_at: null,
  }

  expect(
    formOf({
      ...kept,
      days: 30,
      last_error: "",
      created_by: null,
      created_at: "",
      report_format: "detailed",
    }),
  ).toEqual(asked)
})
