import { describe, expect, it } from "vitest"

import { asLocal, cronOf, cronWords, planOf } from "./cron"

describe("schedules in words", () => {
  it.each([
    ["* * * * *", "Every minute"],
    ["*/15 * * * *", "Every 15 minutes"],
    ["0 * * * *", "Every hour"],
    ["5 * * * *", "Every hour at 5 past"],
    ["30 9 * * *", "Every day at 09:30"],
    ["0 9 * * 1-5", "Monday to Friday at 09:00"],
    ["0 9 * * 1,4", "Monday and Thursday at 09:00"],
    ["0 9 * * 0,2,4", "Tue, Thu, Sun at 09:00"],
    ["0 6 1 * *", "On day 1 of the month at 06:00"],
  ])("says %s as “%s”, and gets the same cron back", (cron, words) => {
    expect(cronWords(cron)).toBe(words)
    expect(cronOf(planOf(cron)!)).toBe(cron)
  })

  it.each(["0 9 1 1 *", "0 9-17 * * *", "0 9 1 * 1", "60 9 * * *", "0 0 9 * * *", "", "x * * * *"])(
    "leaves “%s” to cron",
    (cron) => {
      expect(planOf(cron)).toBeNull()
      expect(cronWords(cron)).toBe(cron)
    },
  )
})

it("shows a time as the clock of its own zone does", () => {
  expect(asLocal("2027-03-28T03:30:00+02:00")).toEqual({ text: "Sun 28 Mar 2027, 03:30", offset: "+02:00" })
  expect(asLocal("2026-11-24T09:00:00Z").offset).toBe("+00:00")
})
