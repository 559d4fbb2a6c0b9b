import { useState } from "react"
import { useLocation, useSearch } from "wouter"
import { useCan } from "../api/me"
import { Crumbs } from "../shell/Crumbs"
import { LoadError } from "../shell/LoadError"
import { Topbar } from "../shell/Topbar"
import { EmptyState } from "../shared/EmptyState"
import { plural } from "../shared/format"
import { ListDetail } from "../shared/ListDetail"
import { ListFoot } from "../shared/ListFoot"
import { Segmented } from "../shared/Segmented"
import { SkeletonRows } from "../shared/Skeleton"
import { AlertPane } from "./AlertPane"
import { AlertTable } from "./AlertTable"
import { useAlerts } from "./api"
import { ComplianceTabs } from "./ComplianceTabs"
import "./CompliancePage.css"

const STATES = [
  { value: "open", label: "To look at" },
  { value: "acknowledged", label: "Looked at" },
] as const

type State = (typeof STATES)[number]["value"]

/** What somebody did that is unusual for them: each says why, and somebody says what it was. */
export default function AlertsPage() {
  const chosen = new URLSearchParams(useSearch()).get("alert")
  const [, navigate] = useLocation()
  const [state, setState] = useState<State>("open")
  const mayManage = useCan("compliance.manage")
  const list = useAlerts(state)
  const alerts = list.data?.pages.flatMap((page) => page.results) ?? []
  const open = alerts.find(({ id }) => id === chosen)
  const close = () => navigate("/compliance/alerts", { replace: true })
  return (
    <>
      <Topbar>
        <Crumbs items={[{ label: "Compliance", href: "/compliance" }, { label: "Unusual access" }]} />
      </Topbar>
      <ListDetail
        narrow
        detail={
          open && (
            <AlertPane key={open.id} alert={open} mayManage={mayManage} onDone={close} onClose={close} />
          )
        }
      >
        <ComplianceTabs />
        <div className="head fw-head">
          <p>Everybody is measured by themselves: days far above their own middle, hours they do not keep.</p>
          <div className="row">
            <Segmented label="Which alerts" options={STATES} value={state} onChange={setState} />
          </div>
        </div>
        {list.isPending && <SkeletonRows />}
        {list.isError && alerts.length === 0 && (
          <LoadError what="unusual access" error={list.error} onRetry={() => void list.refetch()} />
        )}
        {list.isSuccess && alerts.length === 0 && (
          <EmptyState icon="shieldcheck" title={state === "open" ? "Nothing to look at" : "Nothing yet"}>
            {state === "open"
              ? "The audit is looked through every hour. With fewer than seven days of a person there is nothing to measure by."
              : "What somebody has looked at is listed here, with what it was."}
          </EmptyState>
        )}
        {alerts.length > 0 && (
          <>
            <div className="card list-card">
              <AlertTable
                alerts={alerts}
                selected={chosen}
                hrefOf={(id) => `/compliance/alerts?alert=${id}`}
              />
            </div>
            <ListFoot
              more={list.hasNextPage}
              loading={list.isFetchingNextPage}
              onMore={() => void list.fetchNextPage()}
            >
              {plural(alerts.length, "alert")}
            </ListFoot>
          </>
        )}
      </ListDetail>
    </>
  )
}
