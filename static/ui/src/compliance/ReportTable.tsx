import { Button } from "../shared/Button"
import { ago, date } from "../shared/format"
import { useNow } from "../shared/hooks/useNow"
import { ListTable } from "../shared/ListTable"
import { Menu } from "../shared/Menu"
import { MomentCell } from "../shared/MomentCell"
import { StateMark } from "../shared/StateMark"
import { fileUrl } from "./api"
import type { FileType, Report } from "./types"
import { frameworkNames } from "./words"

const COLUMNS = ["Report", "Frameworks", "Period", "Made", "By", ""]

const FILES: readonly { type: FileType; label: string }[] = [
  { type: "html", label: "Page to print (HTML)" },
  { type: "pdf", label: "PDF" },
  { type: "csv", label: "Table (CSV)" },
  { type: "json", label: "Data (JSON)" },
]

/** Reports as they were made, newest first. */
export function ReportTable({ reports }: { reports: readonly Report[] }) {
  const now = useNow(30_000)
  return (
    <ListTable label="Reports" columns={COLUMNS}>
      {reports.map((report) => (
        <tr key={report.id}>
          <td>
            <span className="name-cell">
              <b className="title cut" title={report.title}>
                {report.title}
              </b>
              <span className="xs subtle cut">
                {report.workflow_name ? `“${report.workflow_name}”` : "The whole workspace"},{" "}
                {report.report_format === "summary" ? "summary" : "in detail"}
              </span>
            </span>
          </td>
          <td className="muted">{frameworkNames(report.frameworks)}</td>
          <td className="muted">
            {date(report.since)} to {date(report.until)}
          </td>
          <MomentCell at={report.created_at} words={(at) => ago(at, now)} />
          <td className="muted">{madeBy(report)}</td>
          <td className="row-actions">
            <span className="row">
              <Standing report={report} />
            </span>
          </td>
        </tr>
      ))}
    </ListTable>
  )
}

function Standing({ report }: { report: Report }) {
  if (report.status === "failed")
    return (
      <span className="failed" title={report.error}>
        <StateMark status="failed" label={report.error || "Not made"} />
      </span>
    )
  if (report.status !== "ready")
    return (
      <span
        className="meter fw-progress"
        role="progressbar"
        aria-label={`Making ${report.title}`}
        aria-valuenow={Math.round(report.progress * 100)}
        aria-valuemin={0}
        aria-valuemax={100}
      >
        <i style={{ width: `${report.progress * 100}%` }} />
      </span>
    )
  return (
    <Menu
      items={FILES.map(({ type, label }) => ({
        label,
        icon: "download",
        onSelect: () => download(fileUrl(report.id, type)),
      }))}
    >
      <Button size="sm" icon="download">
        Open<span className="sr"> {report.title}</span>
      </Button>
    </Menu>
  )
}

function madeBy({ schedule, created_by: person }: Report): string {
  if (schedule) return "a schedule"
  return person?.name || person?.email || "somebody who is gone"
}

function download(url: string): void {
  const link = document.createElement("a")
  link.href = url
  link.download = ""
  link.click()
}
