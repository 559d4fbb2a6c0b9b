import { useLocation, useSearch } from "wouter"
import { Crumbs } from "../shell/Crumbs"
import { Topbar } from "../shell/Topbar"
import { Button } from "../shared/Button"
import { FilterChip } from "../shared/FilterChip"
import { SendingList } from "./SendingList"

const STATES = [
  { value: "pending", label: "On its way" },
  { value: "sent", label: "Sent" },
  { value: "dead", label: "Given up" },
] as const

type State = (typeof STATES)[number]["value"]

/** All notices of the workspace, with the tries that they took. */
export default function NoticesPage() {
  const found = new URLSearchParams(useSearch())
  const [, navigate] = useLocation()
  const workflow = found.get("workflow")
  const status = STATES.find(({ value }) => value === found.get("status"))?.value ?? null
  const go = (change: { workflow: string | null; status: State | null }) => {
    const set = Object.entries(change).filter(([, value]) => value) as [string, string][]
    navigate(`/notices${set.length ? `?${new URLSearchParams(set).toString()}` : ""}`, { replace: true })
  }
  return (
    <>
      <Topbar>
        <Crumbs items={[{ label: "Notices" }]} />
      </Topbar>
      <div className="page">
        <div className="pad">
          <div className="list-head">
            <FilterChip
              label="State"
              icon="filter"
              options={STATES}
              value={status}
              onChange={(next) => go({ workflow, status: next })}
            />
            {workflow && (
              <Button size="sm" icon="x" onClick={() => go({ workflow: null, status })}>
                Of one workflow
              </Button>
            )}
            <span className="row xs subtle">Who is told is set in a workflow, under Notices.</span>
          </div>
          <SendingList workflow={workflow} status={status} />
        </div>
      </div>
    </>
  )
}
