import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type RefObject } from "react"
import { LoadError } from "../../shell/LoadError"
import { useNow } from "../../shared/hooks/useNow"
import { useView } from "../../shared/hooks/useView"
import { keyName } from "../../shared/hooks/useKeys"
import { scopeOf } from "../../shared/live/statusStore"
import { titleOf } from "../../shared/mapping"
import { rowWindow, scrollToRow } from "../../shared/rowWindow"
import { isTerminal } from "../../shared/status"
import type { LiveRun } from "../LiveRun"
import { useBatchedVersion } from "../useBatchedVersion"
import { useLive } from "../useLiveRun"
import type { RunView } from "../useRunView"
import { marksFor, revealing } from "./axis"
import { attemptBeside, linesOf, unfolded, type Line } from "./layout"
import { TimelineAxis } from "./TimelineAxis"
import { TimelineRow } from "./TimelineRow"
import { TimelineToolbar } from "./TimelineToolbar"
import { useTimeline } from "./useTimeline"
import { useTimeMouse, useTimeWindow } from "./useTimeWindow"
import "./TimelinePanel.css"

const ROW_HEIGHT = 26
const AXIS_HEIGHT = 24

interface Props {
  view: RunView
  live: LiveRun
  selected: string | null
  /** The attempt that is looked at; null for the newest. */
  attempt: number | null
  onSelect: (node: string, attempt: number | null) => void
}

/** What each node did when: queue, attempts, back-off, waiting. Grows while the run goes on. */
export function TimelinePanel({ view: shown, live, selected, attempt, onSelect }: Props) {
  const { graph, steps } = shown
  const store = live.timeline
  useTimeline(store)
  useBatchedVersion(steps)
  const active = useLive(live, (state) => !isTerminal(state.run.status))
  const clock = useNow(250, active).getTime()
  const latest = store.latest(clock)
  const now = active ? Math.max(clock, latest) : (store.finishedAt ?? latest)
  const origin = store.startedAt ?? now
  const time = useTimeWindow(Math.max(1, Math.max(now, latest) - origin), active)
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set())
  const lines = useMemo(() => unfolded(linesOf(graph), folded), [graph, folded])
  const titles = useMemo(() => new Map(graph.nodes.map((node) => [node.id, titleOf(node)])), [graph])
  const area = useRef<HTMLDivElement>(null)
  const rows = rowWindow(useView(area), ROW_HEIGHT, lines.length)
  const drawn = lines.slice(rows.from, rows.to)
  useScopes(
    live,
    drawn.map((line) => steps.pathOf(line.id)),
  )
  useTimeMouse(area, time)
  const at = selected === null ? -1 : lines.findIndex((line) => line.id === selected)
  const focusRow = useShowRow(area, at)
  const marks = marksFor(time.window)

  const fold = (id: string, on: boolean) =>
    setFolded((before) => {
      const next = new Set(before)
      if (on) next.add(id)
      else next.delete(id)
      return next
    })
  const go = (to: number) => {
    const line = lines[Math.min(lines.length - 1, Math.max(0, to))]
    if (!line) return
    focusRow()
    onSelect(line.id, null)
  }
  const beside = (line: Line, step: -1 | 1) => {
    const attempts = store.get(steps.pathOf(line.id))?.attempts ?? []
    const next = attemptBeside(attempts, attempt, step)
    const [first, last] = [attempts.find((one) => one.attempt === next)?.segments].flatMap((parts) => [
      parts?.[0]?.from,
      parts?.at(-1)?.to ?? now,
    ])
    if (next === null || first === undefined || last === undefined) return
    onSelect(line.id, next)
    time.show(revealing(time.window, { from: first - origin, to: last - origin }, time.whole))
  }
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const line = lines[at]
    const keys: Record<string, () => void> = {
      ArrowDown: () => go(at + 1),
      ArrowUp: () => go(at - 1),
      Home: () => go(0),
      End: () => go(lines.length - 1),
      ArrowLeft: () => line && beside(line, -1),
      ArrowRight: () => line && beside(line, 1),
      "Shift+ArrowLeft": () => time.pan(-0.2),
      "Shift+ArrowRight": () => time.pan(0.2),
      "+": time.zoomIn,
      "=": time.zoomIn,
      "-": time.zoomOut,
      "0": time.fit,
      ...(line?.holds ? { " ": () => fold(line.id, !folded.has(line.id)) } : {}),
    }
    const act = keys[keyName(event)] ?? keys[event.key]
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    act()
  }

  return (
    <section className="run-time" aria-label="Timeline">
      <TimelineToolbar
        time={time}
        attempts={(selected !== null && store.get(steps.pathOf(selected))?.attempts) || []}
        attempt={attempt}
        onAttempt={(next) => selected !== null && onSelect(selected, next)}
      />
      {store.error && !store.isKnown && (
        <LoadError what="the timeline" error={store.error} onRetry={() => store.refresh()} />
      )}
      {/* arrows move among the rows' buttons */}
      {/* eslint-disable-next-line jsx-a11y/no-static-element-interactions */}
      <div
        className={`gantt scroll${active ? " is-live" : ""}${time.isZoomed ? " is-zoomed" : ""}`}
        ref={area}
        onKeyDown={onKeyDown}
      >
        <TimelineAxis window={time.window} marks={marks} />
        <div
          role="list"
          aria-label="Nodes in the order of the flow"
          style={{ paddingTop: rows.from * ROW_HEIGHT, paddingBottom: (lines.length - rows.to) * ROW_HEIGHT }}
        >
          {drawn.map((line, index) => (
            <TimelineRow
              key={line.id}
              line={line}
              view={shown}
              title={titles.get(line.id) ?? line.id}
              row={store.get(steps.pathOf(line.id))}
              times={{ origin, now, window: time.window, step: marks.step }}
              critical={store.isCritical(steps.pathOf(line.id))}
              selected={selected === line.id}
              attempt={selected === line.id ? attempt : null}
              reachable={at === -1 ? index === 0 : selected === line.id}
              folded={folded.has(line.id)}
              onFold={(on) => fold(line.id, on)}
              onSelect={(chosen) => onSelect(line.id, chosen)}
            />
          ))}
        </div>
      </div>
    </section>
  )
}

/** What is drawn is read: the rows of an iteration when it is shown. */
function useScopes(live: LiveRun, paths: readonly string[]) {
  const scopes = [...new Set(paths.map(scopeOf))].filter((scope) => scope !== "" && !/(^|\/)0$/.test(scope))
  const key = scopes.join("\n")
  useEffect(() => {
    // the newest iteration changes quickly: the one that stays is read
    const timer = setTimeout(() => {
      for (const scope of key ? key.split("\n") : []) live.timeline.open(scope)
    }, 200)
    return () => clearTimeout(timer)
  }, [live, key])
}

/** The chosen node's row comes into view, also when the run moves on to it. Returns how to focus it then. */
function useShowRow(area: RefObject<HTMLDivElement | null>, row: number): () => void {
  const wanted = useRef(false)
  useEffect(() => {
    const element = area.current
    if (!element || row < 0) return
    const seen = { top: element.scrollTop, height: element.clientHeight }
    const top = scrollToRow(seen, ROW_HEIGHT, row, AXIS_HEIGHT)
    if (top !== null) element.scrollTop = top
    if (!wanted.current) return
    wanted.current = false
    // a row far away is drawn once the area has scrolled
    const focus = () =>
      element.querySelector<HTMLElement>(".gantt-row.is-on .gantt-name")?.focus({ preventScroll: true })
    requestAnimationFrame(() => requestAnimationFrame(focus))
  }, [area, row])
  return () => {
    wanted.current = true
  }
}
