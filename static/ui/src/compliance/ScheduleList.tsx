import { lazy, Suspense, useState } from "react"
import { Badge } from "../shared/Badge"
import { Button, IconButton } from "../shared/Button"
import { ConfirmDialog } from "../shared/ConfirmDialog"
import { ago, moment, plural, until } from "../shared/format"
import { useNow } from "../shared/hooks/useNow"
import { ListTable } from "../shared/ListTable"
import { toast } from "../shared/toast"
import { cronWords } from "../triggers/cron"
import { deleteSchedule, useRefreshCompliance, useSchedules } from "./api"
import { formOf } from "./reportForm"
import type { Schedule } from "./types"
import { frameworkNames } from "./words"

const ScheduleDialog = lazy(() => import("./ScheduleDialog"))
const COLUMNS = ["Schedule", "Frameworks", "When", "Next", "Told", ""]

/** The reports that are made again and again. Nothing where there are none. */
export function ScheduleList({ mayManage }: { mayManage: boolean }) {
  const schedules = useSchedules().data?.results ?? []
  const refresh = useRefreshCompliance()
  const [changing, setChanging] = useState<Schedule | null>(null)
  const [ending, setEnding] = useState<Schedule | null>(null)
  if (schedules.length === 0) return null
  return (
    <section className="fw-section" aria-label="Schedules">
      <div className="card list-card">
        <header>
          <h2>On a schedule</h2>
        </header>
        <ListTable label="Schedules" columns={COLUMNS}>
          {schedules.map((schedule) => (
            <Row
              key={schedule.id}
              schedule={schedule}
              mayManage={mayManage}
              onChange={() => setChanging(schedule)}
              onEnd={() => setEnding(schedule)}
            />
          ))}
        </ListTable>
      </div>
      <Suspense>
        {changing && (
          <ScheduleDialog
            id={changing.id}
            start={formOf(changing)}
            onSaved={() => {
              setChanging(null)
              toast("The schedule is changed.", { icon: "clock" })
            }}
            onClose={() => setChanging(null)}
          />
        )}
      </Suspense>
      {ending && (
        <ConfirmDialog
          title={`Delete the schedule “${ending.title}”`}
          action="Delete"
          onClose={() => setEnding(null)}
          onConfirm={async () => {
            await deleteSchedule(ending.id)
            await refresh()
            setEnding(null)
          }}
        >
          <p>The reports that it made stay.</p>
        </ConfirmDialog>
      )}
    </section>
  )
}

interface RowProps {
  schedule: Schedule
  mayManage: boolean
  onChange: () => void
  onEnd: () => void
}

function Row({ schedule, mayManage, onChange, onEnd }: RowProps) {
  const now = useNow(30_000)
  const { title, frameworks, cron, zone, next_at: next, last_at: last, last_error: problem } = schedule
  return (
    <tr>
      <td>
        <span className="name-cell">
          <b className="title cut">{title}</b>
          <span className="xs subtle cut" title={problem || (last ? moment(last) : undefined)}>
            {problem || (last ? `Last ${ago(last, now)}` : "Not made yet")}
          </span>
        </span>
      </td>
      <td className="muted">{frameworkNames(frameworks)}</td>
      <td className="muted">
        {cronWords(cron)} <span className="subtle">{zone}</span>
      </td>
      <td className="muted" title={next ? moment(next) : undefined}>
        {schedule.enabled ? next ? until(next, now) : "–" : <Badge>off</Badge>}
      </td>
      <td className="muted" title={schedule.recipients.join(", ")}>
        {plural(schedule.recipients.length, "person", "people")}
      </td>
      <td className="row-actions">
        {mayManage && (
          <span className="row">
            <Button size="sm" onClick={onChange}>
              Change<span className="sr"> {title}</span>
            </Button>
            <IconButton label={`Delete ${title}`} icon="trash" variant="ghost" size="sm" onClick={onEnd} />
          </span>
        )}
      </td>
    </tr>
  )
}
