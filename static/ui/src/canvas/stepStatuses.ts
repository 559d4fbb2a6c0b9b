/** The states of the steps on a canvas: inside a loop or a map those of the iteration that is shown. No React. */
import { isTerminal } from "../shared/status"
import {
  scopeOf,
  type BatchListener,
  type NodeState,
  type StatusSource,
  type StatusStore,
} from "../shared/live/statusStore"
import { childrenOf, isSameMap, NO_PARENTS, type Parents } from "./scopes"

export interface ShownIteration {
  /** The iteration that is shown; null before the first. */
  number: number | null
  /** Nobody chose it: it is the newest, or the first that failed. */
  follows: boolean
}

/** Skipped, or its result was pinned or taken over from an earlier run. */
const didNotRun = ({ status, pinned, copied_from: from }: NodeState): boolean =>
  status === "skipped" || (status === "succeeded" && (pinned === true || from != null))

/**
 * Reads a run's states, which are told by path (`loop/3/score`), by the ids of steps on a canvas. A frame follows the
 * newest iteration, then the first that failed, until a person chooses one.
 */
export class StepStatuses implements StatusSource {
  /** Called with the path of an iteration that is shown and of whose steps nothing is known. */
  onMissing: ((iteration: string) => void) | null = null
  private parents: Parents = NO_PARENTS
  private children = new Map<string, string[]>()
  private chosen = new Map<string, number>()
  private seen = new Map<string, number | null>()
  private listeners = new Map<string, Set<() => void>>()
  private batchListeners = new Set<BatchListener>()
  private leave: (() => void) | null = null

  /** `base`: the path of the sub-workflow whose steps these are; empty for the run's own. */
  constructor(
    readonly live: StatusStore,
    private readonly base = "",
  ) {}

  /** Tells which steps lie in which frames. */
  arrange(parents: Parents): void {
    if (isSameMap(parents, this.parents)) return
    this.parents = parents
    this.children = childrenOf(parents)
    this.look()
  }

  /** Of what lies in a frame that did not run itself, the run says nothing: it fared as its frame. */
  get = (id: string): NodeState | undefined => {
    const state = this.live.get(this.pathOf(id))
    const frame = this.parents.get(id)
    if (state || frame === undefined) return state
    const around = this.get(frame)
    return around && didNotRun(around) ? around : undefined
  }

  /** The path under which the run tells of this step, in the iterations that are shown. */
  pathOf = (id: string): string => {
    const frame = this.parents.get(id)
    if (frame === undefined) return this.base ? `${this.base}/${id}` : id
    const path = this.pathOf(frame)
    return `${path}/${this.numberAt(path) ?? 0}/${id}`
  }

  /** What is shown inside a frame. */
  shownIn(frame: string): ShownIteration {
    const path = this.pathOf(frame)
    return { number: this.numberAt(path), follows: !this.chosen.has(path) }
  }

  /** Shows one iteration of a frame; null follows again. */
  choose(frame: string, iteration: number | null): void {
    const path = this.pathOf(frame)
    if (iteration === null) this.chosen.delete(path)
    else this.chosen.set(path, iteration)
    this.seen.set(path, this.numberAt(path))
    this.tell(this.bodyOf(frame))
    this.look()
  }

  /** Another run, or none: what was chosen is forgotten. */
  reset(): void {
    this.chosen.clear()
    this.seen.clear()
    this.look()
  }

  subscribe = (id: string, notice: () => void): (() => void) => {
    const set = this.listeners.get(id) ?? new Set()
    this.listeners.set(id, set.add(notice))
    this.listen()
    return () => {
      set.delete(notice)
      if (!set.size) this.listeners.delete(id)
      this.unlisten()
    }
  }

  subscribeBatch = (notice: BatchListener): (() => void) => {
    this.batchListeners.add(notice)
    this.listen()
    return () => {
      this.batchListeners.delete(notice)
      this.unlisten()
    }
  }

  private numberAt(path: string): number | null {
    const chosen = this.chosen.get(path)
    if (chosen !== undefined) return chosen
    const state = this.live.get(path)
    const iterations = state?.iterations
    if (!iterations) return null
    if (iterations.running.length && !isTerminal(state.status)) return Math.max(...iterations.running)
    return iterations.failed_first[0] ?? (iterations.done + iterations.failed || null)
  }

  private listen(): void {
    this.leave ??= this.live.subscribeBatch((touched) => this.take(touched))
  }

  private unlisten(): void {
    if (this.listeners.size || this.batchListeners.size) return
    this.leave?.()
    this.leave = null
  }

  private take(touched: ReadonlySet<string>): void {
    const ids = new Set<string>()
    for (const path of touched) {
      const id = path.slice(path.lastIndexOf("/") + 1)
      if (this.pathOf(id) !== path) continue
      ids.add(id)
      if (!this.children.has(id)) continue
      const number = this.numberAt(path)
      const state = this.live.get(path)
      if (this.seen.get(path) === number && !(state && didNotRun(state))) continue
      this.seen.set(path, number)
      for (const inside of this.bodyOf(id)) ids.add(inside)
    }
    if (ids.size) this.tell(ids)
    if (this.children.size) this.look()
  }

  /** The frame and all that lies inside. */
  private bodyOf(frame: string): Set<string> {
    const all = new Set([frame])
    for (const id of all) for (const child of this.children.get(id) ?? []) all.add(child)
    return all
  }

  private tell(ids: ReadonlySet<string>): void {
    for (const id of ids) this.listeners.get(id)?.forEach((notice) => notice())
    for (const notice of this.batchListeners) notice(ids)
  }

  /** Asks for the iterations that are shown, have ended, and of which nothing is known. */
  private look(): void {
    if (!this.onMissing) return
    for (const frame of this.children.keys()) {
      const path = this.pathOf(frame)
      const number = this.numberAt(path)
      if (number === null || this.isUnknown(scopeOf(path))) continue
      const iterations = this.live.get(path)?.iterations
      const scope = `${path}/${number}`
      if (iterations && !iterations.running.includes(number) && !this.live.knows(scope)) this.onMissing(scope)
    }
  }

  /** What lies in an unknown iteration is asked for with it. */
  private isUnknown(scope: string): boolean {
    return scope !== "" && !this.live.knows(scope)
  }
}
