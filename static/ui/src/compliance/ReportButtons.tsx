import { lazy, Suspense, useState } from "react"
import { useLocation } from "wouter"
import { Button } from "../shared/Button"
import { toast } from "../shared/toast"
import type { CompliancePlace } from "./place"
import { newSchedule, type ReportForm } from "./reportForm"

const ReportDialog = lazy(() => import("./ReportDialog"))
const ScheduleDialog = lazy(() => import("./ScheduleDialog"))

const zoneHere = () => Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC"

/** A report on what the page shows: now, or again and again. */
export function ReportButtons({
  place,
}: {
  place: Pick<CompliancePlace, "framework" | "workflow" | "days">
}) {
  const [asking, setAsking] = useState<"report" | "schedule" | null>(null)
  const [, navigate] = useLocation()
  const start: ReportForm = {
    title: "",
    frameworks: [place.framework],
    workflow: place.workflow ?? "",
    days: place.days,
    format: "detailed",
  }
  const done = (words: string) => {
    setAsking(null)
    toast(words, { icon: "file" })
    navigate("/compliance/reports")
  }
  return (
    <>
      <Button icon="clock" onClick={() => setAsking("schedule")}>
        Schedule
      </Button>
      <Button icon="download" variant="primary" onClick={() => setAsking("report")}>
        Report
      </Button>
      <Suspense>
        {asking === "report" && (
          <ReportDialog
            start={start}
            onMade={() => done("The report is being made.")}
            onClose={() => setAsking(null)}
          />
        )}
        {asking === "schedule" && (
          <ScheduleDialog
            id={null}
            start={newSchedule(start, zoneHere())}
            onSaved={() => done("The schedule is kept.")}
            onClose={() => setAsking(null)}
          />
        )}
      </Suspense>
    </>
  )
}
