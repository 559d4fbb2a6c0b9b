import { useState } from "react"
import { Link, useLocation, useSearch } from "wouter"
import { useCan } from "../api/me"
import { useWorkflowNames } from "../runs/api"
import { Crumbs } from "../shell/Crumbs"
import { LoadError } from "../shell/LoadError"
import { Topbar } from "../shell/Topbar"
import { Button } from "../shared/Button"
import { EmptyState } from "../shared/EmptyState"
import { FilterChip } from "../shared/FilterChip"
import { ago, clock, count, moment, plural } from "../shared/format"
import { useNow } from "../shared/hooks/useNow"
import { Icon } from "../shared/icons/Icon"
import { ListDetail } from "../shared/ListDetail"
import { Menu } from "../shared/Menu"
import { SkeletonRows } from "../shared/Skeleton"
import { useControls } from "./api"
import { ComplianceTabs } from "./ComplianceTabs"
import { ConfirmControl } from "./ConfirmControl"
import { ControlPane } from "./ControlPane"
import { ControlTable } from "./ControlTable"
import { FrameworkCards } from "./FrameworkCards"
import { compliancePath, PERIODS, readPlace, type CompliancePlace, type Days } from "./place"
import { ReportButtons } from "./ReportButtons"
import type { Controls } from "./types"
import { controlsOf, frameworkLabel, shownWords, VERDICTS, verdictLook, type ShownControl } from "./words"
import "./CompliancePage.css"

/** Which controls hold, by the workspace's own tables; and the way to what is missing. */
export default function CompliancePage() {
  const place = readPlace(useSearch())
  const [, navigate] = useLocation()
  const go = (change: Partial<CompliancePlace>) =>
    navigate(compliancePath({ ...place, ...change }), { replace: true })
  const mayManage = useCan("compliance.manage")
  const found = useControls(place)
  const [confirming, setConfirming] = useState<ShownControl | null>(null)
  const { all, shown } = controlsOf(found.data?.controls ?? [], place.framework, place.verdict)
  const open = controlsOf(found.data?.controls ?? [], place.framework, null).shown.find(
    ({ key }) => key === place.control,
  )
  return (
    <>
      <Topbar>
        <Crumbs items={[{ label: "Compliance" }]} />
      </Topbar>
      <ListDetail
        narrow
        detail={
          open &&
          found.data && (
            <ControlPane
              key={open.key}
              control={open}
              framework={place.framework}
              found={found.data}
              onConfirm={() => setConfirming(open)}
              onClose={() => go({ control: null })}
            />
          )
        }
      >
        <ComplianceTabs />
        <div className="head fw-head">
          <p>
            {found.data && `Checked at ${clock(found.data.checked_at)} from`}
            {!found.data && "Checked from"} this workspace’s own runs, policies, credentials and audit. Absent
            data never counts as a pass.
          </p>
          <div className="row">
            <PeriodMenu days={place.days} onChange={(days) => go({ days })} />
            {mayManage && <ReportButtons place={place} />}
          </div>
        </div>
        {found.isPending && <SkeletonRows />}
        {found.isError && !found.data && (
          <LoadError what="the controls" error={found.error} onRetry={() => void found.refetch()} />
        )}
        {found.data && (
          <div className={found.isPlaceholderData ? "fw-old" : undefined}>
            <FrameworkCards
              frameworks={found.data.frameworks}
              chosen={place.framework}
              onChoose={(framework) => go({ framework, control: null })}
            />
            <div className="card list-card">
              <header>
                <h2>{frameworkLabel(place.framework)}</h2>
                <span className="xs subtle">{shownWords(all, shown.length)}</span>
                <Filters place={place} onGo={go} />
              </header>
              {shown.length > 0 ? (
                <ControlTable
                  controls={shown}
                  selected={place.control}
                  hrefOf={(control) => compliancePath({ ...place, control })}
                  period={`${place.days} days`}
                  onConfirm={setConfirming}
                />
              ) : (
                <EmptyState
                  icon="filter"
                  title="No control has this verdict"
                  action={<Button onClick={() => go({ verdict: null })}>Clear filters</Button>}
                />
              )}
              <SealBar seal={found.data.seal} />
            </div>
          </div>
        )}
      </ListDetail>
      {confirming && <ConfirmControl control={confirming} onClose={() => setConfirming(null)} />}
    </>
  )
}

function PeriodMenu({ days, onChange }: { days: Days; onChange: (days: Days) => void }) {
  return (
    <Menu
      items={PERIODS.map(({ value, label }) => ({
        label,
        icon: value === days ? "check" : undefined,
        onSelect: () => onChange(value),
      }))}
    >
      <button type="button" className="chipf">
        <span className="sr">Period: </span>
        <Icon name="calendar" size={14} />
        <b>{PERIODS.find(({ value }) => value === days)?.label}</b>
        <Icon name="down" size={12} />
      </button>
    </Menu>
  )
}

const VERDICT_OPTIONS = VERDICTS.map((value) => ({ value, label: verdictLook(value).label }))

function Filters({
  place,
  onGo,
}: {
  place: CompliancePlace
  onGo: (change: Partial<CompliancePlace>) => void
}) {
  const workflows = useWorkflowNames()
  return (
    <span className="row end">
      <FilterChip
        label="Verdict"
        options={VERDICT_OPTIONS}
        value={place.verdict}
        onChange={(verdict) => onGo({ verdict })}
      />
      <FilterChip
        label="Workflow"
        icon="workflow"
        options={workflows.data ?? []}
        value={place.workflow}
        onChange={(workflow) => onGo({ workflow })}
      />
    </span>
  )
}

/** What the evidence is bound to: nothing of it can be changed later without the seal telling. */
function SealBar({ seal }: { seal: Controls["seal"] }) {
  const now = useNow(30_000)
  return (
    <div className="fw-seal">
      <Icon name="chain" />
      {seal ? (
        <span title={moment(seal.at)}>
          Evidence is bound to audit seal <code>#{count(seal.number)}</code> over{" "}
          {plural(seal.entries, "entry", "entries")}, {ago(seal.at, now)}
        </span>
      ) : (
        <span>The audit has no seal yet: nothing binds this evidence.</span>
      )}
      <Link className="linkish end" href="/audit">
        Verify
      </Link>
    </div>
  )
}
