/** The draft of a policy while it is edited: undone, checked and saved. The network and the clock are given. No React. */
import { createStore, type StoreApi } from "zustand/vanilla"
import { ApiProblem } from "../api/problem"
import type { Group } from "./model/condition"
import {
  documentOf,
  missingParts,
  readText,
  ruleOf,
  sameDocument,
  textOfRule,
  type Fault,
  type PolicyDocument,
  type Rule,
} from "./model/rule"
import type { Policy } from "./types"

export type Saving =
  | { phase: "saved" | "dirty" | "saving" | "offline" }
  | { phase: "faulty" } // `faults` say why it is not saved
  | { phase: "failed"; message: string }
  | { phase: "conflict"; theirs: Policy }

export interface DraftState {
  /** As the server has it. */
  policy: Policy
  rule: Rule
  past: readonly Rule[]
  future: readonly Rule[]
  /** What is typed in the JSON editor while it is no rule. */
  text: string | null
  textFault: { message: string; line: number | null } | null
  faults: readonly Fault[]
  /** What was looked at last without finding a fault. */
  sound: PolicyDocument | null
  saving: Saving
}

export interface Deps {
  check: (document: PolicyDocument) => Promise<readonly Fault[]>
  save: (document: PolicyDocument, version: number) => Promise<Policy>
  /** The policy as it is now: after somebody else changed it. */
  read: () => Promise<Policy>
  maySave: boolean
  onSaved: (policy: Policy) => void
  setTimer?: (run: () => void, ms: number) => unknown
  clearTimer?: (timer: unknown) => void
}

const QUIET_MS = 500
const RETRY_MS = 5_000
const MAX_UNDO = 100

export const documentAtHand = (policy: Policy): PolicyDocument => policy.draft?.document ?? policy

export class DraftKeeper {
  readonly store: StoreApi<DraftState>
  private timer: unknown = null
  private running: Promise<void> | null = null
  private stopped = false
  private lastName: string | null = null

  constructor(
    policy: Policy,
    private readonly deps: Deps,
  ) {
    this.store = createStore<DraftState>(() => ({
      policy,
      rule: ruleOf(documentAtHand(policy)),
      past: [],
      future: [],
      text: null,
      textFault: null,
      faults: [],
      sound: null,
      saving: { phase: "saved" },
    }))
    this.schedule(0)
  }

  private get state(): DraftState {
    return this.store.getState()
  }

  /** Whether the server has what is on the screen. */
  get isClean(): boolean {
    const { text, policy, rule } = this.state
    return text === null && sameDocument(documentOf(rule), documentAtHand(policy))
  }

  /** One change, one step to undo. Changes that follow each other under one name (typing in a field) are one step. */
  edit(changes: Partial<Rule>, name: string | null = null): void {
    const { rule, past } = this.state
    const isSameStep = name !== null && name === this.lastName && past.length > 0
    this.set({ ...rule, ...changes }, isSameStep ? past : [...past.slice(1 - MAX_UNDO), rule], [])
    this.lastName = name
  }

  readonly root = (): Group => this.state.rule.root

  editTree(change: (root: Group) => Group, name: string | null = null): void {
    const { root } = this.state.rule
    const after = change(root)
    if (after !== root) this.edit({ root: after }, name)
  }

  undo(): void {
    const { past, future, rule } = this.state
    const before = past.at(-1)
    this.lastName = null
    if (before) this.set(before, past.slice(0, -1), [rule, ...future])
  }

  redo(): void {
    const { past, future, rule } = this.state
    const [next, ...others] = future
    if (next) this.set(next, [...past, rule], others)
  }

  /** What is typed as JSON. A text that is no rule stays as it is, and is not saved. */
  type(text: string): void {
    const read = readText(text)
    if (!read.ok) {
      const { message, line } = read
      this.store.setState({ text, textFault: { message, line }, saving: { phase: "dirty" } })
      return
    }
    const { rule } = this.state
    if (sameDocument(documentOf(read.rule), documentOf(rule)))
      this.store.setState({ text: text === textOfRule(rule) ? null : text, textFault: null })
    else this.edit(read.rule, "json")
    this.schedule()
  }

  /** Leaves a text that is no rule for the rule as it was. */
  dropText(): void {
    this.store.setState({ text: null, textFault: null })
    this.schedule(0)
  }

  /** The policy was read again. What is not saved here stays; what is saved follows. */
  see(policy: Policy): void {
    if (this.running || policy === this.state.policy) return
    if (this.isClean) this.adopt(policy)
    else if (policy.draft_version === this.state.policy.draft_version) this.store.setState({ policy })
  }

  takeTheirs(): void {
    const { saving } = this.state
    if (saving.phase === "conflict") this.adopt(saving.theirs)
  }

  keepMine(): void {
    const { saving } = this.state
    if (saving.phase !== "conflict") return
    this.store.setState({ policy: saving.theirs, saving: { phase: "dirty" } })
    this.schedule(0)
  }

  /** Saves now what is not saved. */
  async flush(): Promise<void> {
    this.deps.clearTimer?.(this.timer)
    clearTimeout(this.timer as ReturnType<typeof setTimeout>)
    await this.running
    await this.work()
  }

  stop(): void {
    this.stopped = true
    this.clear()
  }

  private adopt(policy: Policy): void {
    const before = this.state.rule
    const now = documentAtHand(policy)
    const isSame = sameDocument(documentOf(before), now)
    this.store.setState({
      policy,
      saving: { phase: "saved" },
      text: null,
      textFault: null,
      ...(isSame ? {} : { rule: ruleOf(now), past: [...this.state.past, before], future: [] }),
    })
    if (!isSame) this.schedule(0)
  }

  private set(rule: Rule, past: readonly Rule[], future: readonly Rule[]): void {
    this.store.setState({ rule, past, future, text: null, textFault: null })
    if (this.state.saving.phase !== "conflict") this.tell({ phase: "dirty" })
    this.schedule()
  }

  private tell(saving: Saving): void {
    this.store.setState({ saving })
  }

  private schedule(ms = QUIET_MS): void {
    this.clear()
    const run = () => void this.flush()
    this.timer = this.deps.setTimer ? this.deps.setTimer(run, ms) : setTimeout(run, ms)
  }

  private clear(): void {
    if (this.deps.clearTimer) this.deps.clearTimer(this.timer)
    else clearTimeout(this.timer as ReturnType<typeof setTimeout>)
  }

  private work(): Promise<void> {
    this.running ??= this.checkAndSave().finally(() => {
      this.running = null
    })
    return this.running
  }

  private async checkAndSave(): Promise<void> {
    if (this.stopped || this.state.textFault || this.state.saving.phase === "conflict") return
    const { rule } = this.state
    const document = documentOf(rule)
    try {
      const missing = missingParts(rule)
      const faults = missing.length ? missing : await this.deps.check(document)
      if (this.state.rule !== rule) return this.schedule()
      this.store.setState({ faults, sound: faults.length ? null : document })
      if (faults.length) return this.tell(this.isClean ? { phase: "saved" } : { phase: "faulty" })
      if (this.isClean || !this.deps.maySave) return this.tell({ phase: "saved" })
      this.tell({ phase: "saving" })
      const policy = await this.deps.save(document, this.state.policy.draft_version)
      this.store.setState({ policy, saving: { phase: this.state.rule === rule ? "saved" : "dirty" } })
      this.deps.onSaved(policy)
      if (this.state.rule !== rule) this.schedule()
    } catch (reason) {
      await this.refused(reason)
    }
  }

  private async refused(reason: unknown): Promise<void> {
    if (!(reason instanceof ApiProblem)) throw reason
    if (reason.isOffline) {
      this.tell({ phase: "offline" })
      return this.schedule(RETRY_MS)
    }
    if (reason.status === 422) {
      const faults = reason.errors.map(({ field, message }) => ({ field: placeOf(field), message }))
      this.store.setState({ faults, sound: null, saving: { phase: "faulty" } })
    } else if (reason.status === 409) {
      this.tell({ phase: "conflict", theirs: await this.deps.read() })
    } else this.tell({ phase: "failed", message: reason.message })
  }
}

const placeOf = (field: string | null | undefined) => (field ?? "").replace(/^document\./, "")
