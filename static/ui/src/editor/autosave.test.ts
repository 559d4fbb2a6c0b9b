import { beforeEach, describe, expect, it } from "vitest"
import { ApiProblem } from "../api/problem"
import type { Draft, GraphDocument } from "../api/types"
import { Autosave, type LocalCopy, type SaveState } from "./autosave"

const graph = (name: string): GraphDocument => ({ nodes: [{ id: name, type: "T" }], connections: [] })
const draft = (revision: number, saved: GraphDocument): Draft => ({
  revision,
  graph: saved,
  denied: {},
  problems: [],
  updated_at: `2026-01-01T00:00:0${revision}Z`,
  updated_by: null,
})

/** A server that answers when told to, and a clock without time. */
class World {
  saves: {
    graph: GraphDocument
    revision: number
    answer: (draft: Draft) => void
    refuse: (problem: unknown) => void
  }[] = []
  states: SaveState[] = []
  copy: LocalCopy | null = null
  timers = new Map<number, { run: () => void; ms: number }>()
  next = 1
  autosave = new Autosave(draft(1, graph("start")), {
    save: (saved, revision) =>
      new Promise((answer, refuse) => {
        this.saves.push({ graph: saved, revision, answer, refuse })
      }),
    keep: (copy) => {
      this.copy = copy
    },
    forget: () => {
      this.copy = null
    },
    onState: (state) => this.states.push(state),
    onSaved: () => undefined,
    setTimer: (run, ms) => {
      this.timers.set(this.next, { run, ms })
      return this.next++
    },
    clearTimer: (timer) => this.timers.delete(timer as number),
    now: () => new Date("2026-01-01T00:00:00Z"),
  })

  /** Lets the waiting timer go off; returns how long it would have waited. */
  pass(): number {
    const [[id, timer] = [0, null]] = this.timers
    if (!timer) throw new Error("no timer waits")
    this.timers.delete(id)
    timer.run()
    return timer.ms
  }

  async answer(revision: number): Promise<void> {
    const save = this.saves.at(-1)!
    save.answer(draft(revision, save.graph))
    await settle()
  }

  async refuse(problem: unknown): Promise<void> {
    this.saves.at(-1)!.refuse(problem)
    await settle()
  }

  get phase() {
    return this.autosave.state.phase
  }
}

const settle = () => new Promise((resolve) => setTimeout(resolve))

describe("autosave", () => {
  let world: World
  beforeEach(() => {
    world = new World()
  })

  it("saves 600 ms after the last change, with the revision it was made on", async () => {
    world.autosave.changed(graph("one"))
    world.autosave.changed(graph("two"))
    expect(world.timers.size).toBe(1)
    expect(world.pass()).toBe(600)
    expect(world.saves).toHaveLength(1)
    expect(world.saves[0]).toMatchObject({ graph: graph("two"), revision: 1 })

    await world.answer(2)
    expect(world.autosave.state).toEqual({ phase: "saved", at: "2026-01-01T00:00:02Z" })
    expect(world.autosave.revision).toBe(2)
  })

  it("keeps a copy in the browser until the server has the change", async () => {
    world.autosave.changed(graph("one"))
    expect(world.copy).toMatchObject({ revision: 1, graph: graph("one") })
    world.pass()
    await world.answer(2)
    expect(world.copy).toBeNull()
  })

  it("saves again what changed while a save was under way", async () => {
    world.autosave.changed(graph("one"))
    world.pass()
    world.autosave.changed(graph("two"))
    await world.answer(2)
    expect(world.phase).toBe("dirty")
    expect(world.copy).toMatchObject({ revision: 2, graph: graph("two") })
    world.pass()
    expect(world.saves[1]).toMatchObject({ graph: graph("two"), revision: 2 })
  })

  it("says how many changes wait while the server can't be reached, and tries again ever more slowly", async () => {
    world.autosave.changed(graph("one"))
    world.pass()
    await world.refuse(new ApiProblem(0))
    expect(world.autosave.state).toEqual({ phase: "offline", changes: 1 })

    world.autosave.changed(graph("two"))
    expect(world.autosave.state).toEqual({ phase: "offline", changes: 2 })
    expect(world.pass()).toBe(2_000)
    await world.refuse(new ApiProblem(503))
    expect(world.pass()).toBe(4_000)
    await world.answer(2)
    expect(world.phase).toBe("saved")
  })

  it("tries at once when the network is back", async () => {
    world.autosave.changed(graph("one"))
    world.pass()
    await world.refuse(new ApiProblem(0))
    world.autosave.retry()
    expect(world.saves).toHaveLength(2)
  })

  it("asks which draft to keep when another came between, and saves nothing meanwhile", async () => {
    const theirs = draft(5, graph("theirs"))
    world.autosave.changed(graph("mine"))
    world.pass()
    await world.refuse(new ApiProblem(412, { code: "draft_changed", current: theirs }))
    expect(world.autosave.state).toMatchObject({ phase: "conflict", theirs })

    world.autosave.changed(graph("mine too"))
    expect(world.timers.size).toBe(0)
    expect(world.copy).toMatchObject({ graph: graph("mine too") })
  })

  it("keeps mine on top of theirs", async () => {
    world.autosave.changed(graph("mine"))
    world.pass()
    await world.refuse(new ApiProblem(412, { current: draft(5, graph("theirs")) }))
    world.autosave.keepMine()
    expect(world.saves.at(-1)).toMatchObject({ graph: graph("mine"), revision: 5 })
    await world.answer(6)
    expect(world.phase).toBe("saved")
  })

  it("takes theirs, and mine can be brought back as the next change", async () => {
    world.autosave.changed(graph("mine"))
    world.pass()
    await world.refuse(new ApiProblem(412, { current: draft(5, graph("theirs")) }))
    expect(world.autosave.takeTheirs()?.graph).toEqual(graph("theirs"))
    expect(world.phase).toBe("saved")
    expect(world.copy).toBeNull()

    world.autosave.changed(graph("mine"))
    world.pass()
    expect(world.saves.at(-1)).toMatchObject({ graph: graph("mine"), revision: 5 })
  })

  it("says why the server refuses a draft and tries the next change", async () => {
    world.autosave.changed(graph("one"))
    world.pass()
    await world.refuse(new ApiProblem(422, { errors: [{ message: "nodes must be a list" }] }))
    expect(world.autosave.state).toMatchObject({ phase: "refused", message: "nodes must be a list" })
    expect(world.copy).not.toBeNull()

    world.autosave.changed(graph("two"))
    world.pass()
    expect(world.saves).toHaveLength(2)
  })

  it("flushes before a run, and rejects when that fails", async () => {
    world.autosave.changed(graph("one"))
    const flushed = world.autosave.flush()
    await settle()
    await world.answer(2)
    await flushed

    world.autosave.changed(graph("two"))
    const failed = expect(world.autosave.flush()).rejects.toThrow("not saved yet")
    await settle()
    await world.refuse(new ApiProblem(0))
    await failed
  })

  it("flushes nothing when nothing changed", async () => {
    await world.autosave.flush()
    expect(world.saves).toHaveLength(0)
  })
})
