import { Button, IconButton } from "../shared/Button"
import { ago, date } from "../shared/format"
import { useNow } from "../shared/hooks/useNow"
import { ListTable } from "../shared/ListTable"
import { Menu } from "../shared/Menu"
import { MomentCell } from "../shared/MomentCell"
import { StateMark } from "../shared/StateMark"
import { fileUrl } from "./api"
import type { FileType, Report } from "./types"
import { frameworkLabel } from "./words"

const COLUMNS = ["Report", "Frameworks", "Period", "Made", "By", ""]

const FILES: readonly { type: FileType; label: string }[] = [
  { type: "html", label: "Page to print (HTML)" },
  { type: "pdf", label: "PDF" },
  { type: "csv", label: "Table (CSV)" },
  { type: "json", label: "Data (JSON)" },
]

interface Props {
  reports: readonly Report[]
  mayManage: boolean
  onDelete: (report: Report) => void
}

/** Reports as they were made, newest first. */
export function ReportTable({ reports, mayManage, onDelete }: Props) {
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
                {report.workflow ? `“${report.workflow.name}”` : "The whole workspace"},{" "}
                {report.report_format === "summary" ? "summary" : "in detail"}
              </span>
            </span>
          </td>
          <td className="muted">{report.frameworks.map(frameworkLabel).join(", ")}</td>
          <td className="muted">
            {date(report.since)} to {date(report.until)}
          </td>
          <MomentCell at={report.created_at} words={(at) => ago(at, now)} />
          <td className="muted">{report.created_by?.name || report.created_by?.email || "a schedule"}</td>
          <td className="row-actions">
            <span className="row">
              <Standing report={report} />
              {mayManage && (
                <IconButton
                  label={`Delete ${report.title}`}
                  icon="trash"
                  variant="ghost"
                  size="sm"
                  onClick={() => onDelete(report)}
                />
              )}
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
        aria-valuenow={report.progress}
        aria-valuemin={0}
        aria-valuemax={100}
      >
        <i style={{ width: `${report.progress}%` }} />
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

function download(url: string): void {
  const link = document.createElement("a")
  link.href = url
  link.download = ""
  link.click()
}
