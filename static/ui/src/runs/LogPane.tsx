import { useEffect, useMemo, useRef, useState } from "react"
import AskButton from "../access/AskButton"
import { DenialNote } from "../access/DenialNote"
import { NoRunData } from "../access/NoRunData"
import type { RunDetail } from "../api/types"
import { Button, IconButton } from "../shared/Button"
import { FilterChip } from "../shared/FilterChip"
import { plural } from "../shared/format"
import { ScrollArea } from "../shared/ScrollArea"
import { SearchInput } from "../shared/SearchInput"
import { StateMark } from "../shared/StateMark"
import { isTerminal } from "../shared/status"
import type { LiveRun } from "./LiveRun"
import { LogLines } from "./LogLines"
import { filterLines, isAtEnd, isWithin, joinStreams, type LogLevel } from "./logStore"
import { useLive } from "./useLiveRun"
import "./LogPane.css"

interface Props {
  run: Pick<RunDetail, "id" | "workflow">
  live: LiveRun
  /** Only this node's lines; else all of them, each with its node. */
  node?: string
  /** Of that node, this attempt alone. */
  attempt?: number | null
  titleIn: (node: string) => string
  /** A low pane under other content. */
  docked?: boolean
}

const LEVELS = [
  { value: "info", label: "Info and above" },
  { value: "warning", label: "Warnings and errors" },
  { value: "error", label: "Errors only" },
] as const

/** Lines drawn at once; earlier ones on demand. */
const PORTION = 1_000

/** What the nodes wrote, as they write it. Follows the end until one scrolls; then “Follow” waits. */
export function LogPane({ run, live, node, attempt = null, titleIn, docked = false }: Props) {
  const log = useLive(live, (state) => state.log)
  const active = useLive(live, (state) => !isTerminal(state.run.status))
  const mayRead = useLive(live, (state) => state.mayReadData)
  const [level, setLevel] = useState<LogLevel>("debug")
  const [search, setSearch] = useState("")
  const [searching, setSearching] = useState(false)
  const [follow, setFollow] = useState(true)
  const [portions, setPortions] = useState(1)
  const scroller = useRef<HTMLDivElement>(null)
  const joined = useMemo(() => joinStreams(log.lines), [log.lines])
  const found = useMemo(
    () => filterLines(joined, { node: node ?? null, attempt, level, search }),
    [joined, node, attempt, level, search],
  )
  const shown = found.slice(-PORTION * portions)
  useEffect(() => {
    if (follow && scroller.current) scroller.current.scrollTop = scroller.current.scrollHeight
  }, [follow, found])
  const closeSearch = () => {
    setSearch("")
    setSearching(false)
  }
  return (
    <section
      className={docked ? "log-pane is-docked" : "log-pane"}
      aria-label={node ? "Log of this node" : "Log of the run"}
    >
      <div className="toolbar">
        {docked && <h2 className="h3">Logs</h2>}
        {active && <StateMark status="running" label="Live" />}
        <span className="row end g1">
          {!follow && (
            <Button size="sm" icon="down" onClick={() => setFollow(true)}>
              Follow
            </Button>
          )}
          <FilterChip
            label="Level"
            options={LEVELS}
            value={level === "debug" ? null : level}
            onChange={(value) => setLevel(value ?? "debug")}
          />
          {searching ? (
            <SearchInput label="Search the log" width={150} value={search} onChange={setSearch} delay={120} />
          ) : null}
          <IconButton
            label={searching ? "Close the search" : "Search the log"}
            icon={searching ? "x" : "search"}
            iconSize={14}
            size="sm"
            variant="ghost"
            onClick={() => (searching ? closeSearch() : setSearching(true))}
          />
        </span>
      </div>
      <ScrollArea
        label="Log lines"
        className="logs"
        ref={scroller}
        onScroll={(event) => {
          if (!isAtEnd(event.currentTarget)) setFollow(false)
        }}
      >
        {log.dropped > 0 && <p className="log-note">{plural(log.dropped, "earlier line")} left out here.</p>}
        {shown.length < found.length && (
          <button type="button" className="linkish log-note" onClick={() => setPortions(portions + 1)}>
            Show {plural(Math.min(PORTION, found.length - shown.length), "earlier line")}
          </button>
        )}
        <DeniedLines live={live} node={node} />
        <LogLines lines={shown} titleIn={node ? null : titleIn} />
        {!mayRead && <NoRunData what="this log" run={run.id} workflow={run.workflow.id} small={docked} />}
        {mayRead && found.length === 0 && <p className="log-note">{nothing(log.lines.length > 0, active)}</p>}
      </ScrollArea>
    </section>
  )
}

/** Whose lines this reader does not get, and why. */
function DeniedLines({ live, node }: { live: LiveRun; node: string | undefined }) {
  const denied = useLive(live, (state) => state.deniedLogs)
  const [first, ...more] = Object.keys(denied).filter((path) => node === undefined || isWithin(path, node))
  const denial = first === undefined ? undefined : denied[first]
  if (!denial) return null
  if (node !== undefined) return <DenialNote denial={denial} />
  return (
    <p className="log-note">
      Lines of {plural(more.length + 1, "node")} are left out: {denial.reason}{" "}
      {denial.can_request && <AskButton denial={denial} small />}
    </p>
  )
}

function nothing(hasLines: boolean, active: boolean): string {
  if (hasLines) return "No line fits."
  return active ? "Nothing logged yet." : "Nothing was logged."
}
