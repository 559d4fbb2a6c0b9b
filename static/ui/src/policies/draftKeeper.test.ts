import { beforeEach, describe, expect, it, vi } from "vitest"
import { ApiProblem } from "../api/problem"
import { DraftKeeper, type Deps } from "./draftKeeper"
import { newComparison } from "./model/condition"
import { append } from "./model/moves"
import type { Policy } from "./types"

const POLICY: Policy = {
  id: "p",
  key: "k",
  label: "Stays in region",
  effect: "deny",
  resource_type: "run",
  resources: ["*"],
  actions: ["data.reveal"],
  condition: null,
  status: "active",
  revision: 3,
  created_at: "",
  updated_at: "",
  updated_by: null,
  can: ["policy.manage"],
  draft: null,
  draft_version: 0,
  in_force: true,
  hits_24h: 0,
  tests: { passed: 0, failed: 0 },
  referenced_unknown: [],
  approval: { needed: false, by: null, at: null, may_approve: false },
}

const drafted = (label: string, version: number): Policy => ({
  ...POLICY,
  draft: { document: { ...POLICY, label }, by: null, at: "", version, approved_by: null },
  draft_version: version,
})

/** Waits for nothing: the timer is rung by hand. */
function keeper(deps: Partial<Deps> = {}) {
  const save = vi.fn<Deps["save"]>((document, version) =>
    Promise.resolve(drafted(document.label, version + 1)),
  )
  const check = vi.fn<Deps["check"]>(() => Promise.resolve([]))
  const made = new DraftKeeper(POLICY, {
    check,
    save,
    read: () => Promise.resolve(drafted("Theirs", 7)),
    maySave: true,
    onSaved: () => undefined,
    setTimer: () => null,
    clearTimer: () => undefined,
    ...deps,
  })
  return { made, save, check, state: () => made.store.getState() }
}

describe("a draft", () => {
  let made: ReturnType<typeof keeper>
  beforeEach(() => {
    made = keeper()
  })

  it("is checked and then saved", async () => {
    made.made.edit({ label: "Stays at home" })
    expect(made.state().saving.phase).toBe("dirty")
    await made.made.flush()
    expect(made.save.mock.calls.map(([document, version]) => [document.label, version])).toEqual([
      ["Stays at home", 0],
    ])
    expect(made.state().saving.phase).toBe("saved")
    expect(made.state().policy.draft_version).toBe(1)
  })

  it("is not saved while nothing changed", async () => {
    await made.made.flush()
    expect(made.check).toHaveBeenCalledOnce()
    expect(made.save).not.toHaveBeenCalled()
  })

  it("is undone and done again", () => {
    made.made.editTree((root) => append(root, root.id, newComparison("user.region")))
    made.made.edit({ label: "Other" })
    made.made.undo()
    made.made.undo()
    expect(made.state().rule.root.children).toHaveLength(0)
    made.made.redo()
    expect(made.state().rule.root.children).toHaveLength(1)
    expect(made.state().rule.label).toBe("Stays in region")
  })

  it("undoes what was typed in one field as one step", () => {
    for (const label of ["A", "Ab", "Abc"]) made.made.edit({ label }, "label")
    made.made.undo()
    expect(made.state().rule.label).toBe("Stays in region")
  })

  it("follows what others save while nothing is open here", () => {
    made.made.see(drafted("Theirs", 4))
    expect(made.state().rule.label).toBe("Theirs")
  })

  it("leaves what is open here when others save", () => {
    made.made.edit({ label: "Mine" })
    made.made.see(drafted("Theirs", 4))
    expect(made.state().rule.label).toBe("Mine")
  })
})

describe("a draft that cannot be saved", () => {
  it("stays, with its faults", async () => {
    const { made, save, state } = keeper({
      check: () => Promise.resolve([{ field: "condition", message: "needs a value" }]),
    })
    made.edit({ label: "Mine" })
    await made.flush()
    expect(save).not.toHaveBeenCalled()
    expect(state().saving.phase).toBe("faulty")
    expect(state().faults).toHaveLength(1)
  })

  it("asks nobody about what is plainly missing", async () => {
    const { made, check, state } = keeper()
    made.edit({ actions: [] })
    await made.flush()
    expect(check).not.toHaveBeenCalled()
    expect(state().faults[0]?.field).toBe("actions")
  })

  it("stays a text while it is no rule", async () => {
    const { made, save, state } = keeper()
    made.type('{"key": ')
    await made.flush()
    expect(state().textFault?.line).toBe(1)
    expect(save).not.toHaveBeenCalled()
    made.type('{"key": "k", "effect": "allow", "actions": ["run.view"], "label": "Typed"}')
    expect(state().textFault).toBeNull()
    expect(state().rule.effect).toBe("allow")
  })

  it("waits while the server is away", async () => {
    const { made, state } = keeper({ save: () => Promise.reject(new ApiProblem(0)) })
    made.edit({ label: "Mine" })
    await made.flush()
    expect(state().saving.phase).toBe("offline")
  })
})

describe("two people", () => {
  const conflicting = () => {
    let refuse = true
    const saved: [string, number][] = []
    const built = keeper({
      save: (document, version) => {
        if (refuse) return Promise.reject(new ApiProblem(409, { code: "draft_changed" }))
        saved.push([document.label, version])
        return Promise.resolve(drafted(document.label, version + 1))
      },
    })
    return { ...built, saved, allow: () => (refuse = false) }
  }

  it("are told of each other, and nothing is lost", async () => {
    const { made, state } = conflicting()
    made.edit({ label: "Mine" })
    await made.flush()
    const { saving } = state()
    expect(saving.phase === "conflict" && saving.theirs.draft?.document.label).toBe("Theirs")
    made.takeTheirs()
    expect(state().rule.label).toBe("Theirs")
    made.undo()
    expect(state().rule.label).toBe("Mine")
  })

  it("may keep their own over the other", async () => {
    const { made, saved, allow, state } = conflicting()
    made.edit({ label: "Mine" })
    await made.flush()
    allow()
    made.keepMine()
    await made.flush()
    expect(saved).toEqual([["Mine", 7]])
    expect(state().saving.phase).toBe("saved")
  })
})
