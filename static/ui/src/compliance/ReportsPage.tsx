import { useCan } from "../api/me"
import { Crumbs } from "../shell/Crumbs"
import { LoadError } from "../shell/LoadError"
import { Topbar } from "../shell/Topbar"
import { EmptyState } from "../shared/EmptyState"
import { plural } from "../shared/format"
import { ListFoot } from "../shared/ListFoot"
import { SkeletonRows } from "../shared/Skeleton"
import { useReports } from "./api"
import { ComplianceTabs } from "./ComplianceTabs"
import { DEFAULT_DAYS } from "./place"
import { ReportButtons } from "./ReportButtons"
import { ReportTable } from "./ReportTable"
import { ScheduleList } from "./ScheduleList"
import "./CompliancePage.css"

const USUAL = { framework: "GDPR", workflow: null, days: DEFAULT_DAYS } as const

/** What was reported, and what is reported again and again. */
export default function ReportsPage() {
  const mayManage = useCan("compliance.manage")
  const list = useReports()
  const reports = list.data?.pages.flatMap((page) => page.results) ?? []
  return (
    <>
      <Topbar>
        <Crumbs items={[{ label: "Compliance", href: "/compliance" }, { label: "Reports" }]} />
      </Topbar>
      <div className="page">
        <div className="pad">
          <ComplianceTabs />
          <div className="head fw-head">
            <p>A report stays as it was made, and names the audit seal that it is bound to.</p>
            <div className="row">{mayManage && <ReportButtons place={USUAL} />}</div>
          </div>
          <ScheduleList mayManage={mayManage} />
          {list.isPending && <SkeletonRows />}
          {list.isError && reports.length === 0 && (
            <LoadError what="the reports" error={list.error} onRetry={() => void list.refetch()} />
          )}
          {list.isSuccess && reports.length === 0 && (
            <EmptyState icon="file" title="No reports yet">
              {mayManage
                ? "A report tells which controls hold, with the evidence, as a page, PDF, table or data."
                : "An owner or administrator of this workspace can make one."}
            </EmptyState>
          )}
          {reports.length > 0 && (
            <>
              <div className="card list-card">
                <ReportTable reports={reports} />
              </div>
              <ListFoot
                more={list.hasNextPage}
                loading={list.isFetchingNextPage}
                onMore={() => void list.fetchNextPage()}
              >
                {plural(reports.length, "report")}
              </ListFoot>
            </>
          )}
        </div>
      </div>
    </>
  )
}
