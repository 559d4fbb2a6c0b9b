import { useState } from "react"
import { useStore } from "zustand"
import { failureText } from "../api/fieldErrors"
import { Badge } from "../shared/Badge"
import { Button, IconButton } from "../shared/Button"
import { ConfirmDialog } from "../shared/ConfirmDialog"
import { ago, clock, date } from "../shared/format"
import { useNow } from "../shared/hooks/useNow"
import { Icon } from "../shared/icons/Icon"
import { Menu } from "../shared/Menu"
import { toast } from "../shared/toast"
import { Crumbs } from "../shell/Crumbs"
import { Topbar } from "../shell/Topbar"
import { approve, deletePolicy, discardDraft } from "./api"
import { StatusDialog } from "./checks/StatusDialog"
import type { DraftKeeper, Saving } from "./draftKeeper"
import { approvalWords, whyNotActivated } from "./model/standing"
import { StatusBadge } from "./StatusBadge"
import type { Activation, Policy } from "./types"

interface Props {
  policy: Policy
  keeper: DraftKeeper
  readOnly: boolean
  /** Of the test cases with what is saved; null until known. */
  failing: number | null
  showsRevisions: boolean
  onRevisions: () => void
  onChanged: (policy: Policy | null) => void
}

/** Over the page: what state the policy is in, and the ways on: shadow, approval, activation. */
export function PolicyBar(props: Props) {
  const { policy, keeper, readOnly, failing, showsRevisions, onRevisions, onChanged } = props
  const label = useStore(keeper.store, (state) => state.rule.label)
  const saving = useStore(keeper.store, (state) => state.saving)
  const faults = useStore(keeper.store, (state) => state.faults.length)
  const [asked, setAsked] = useState<Activation["status"] | null>(null)
  const why = whyNotActivated({ policy, phase: saving.phase, faults, failing })
  const ready = { policy, phase: saving.phase, faults, failing: 0 }
  const whyNoShadow = whyNotActivated({ ...ready, isShadow: true })
  return (
    <Topbar
      actions={
        <>
          {!readOnly && why && policy.can.includes("policy.manage") && (
            <span className="xs muted row g1 policy-why" id="why-not">
              {failing ? <Icon name="warn" size={12} /> : null}
              <span className="cut">{why}</span>
            </span>
          )}
          <Button variant="ghost" icon="history" on={showsRevisions} onClick={onRevisions}>
            Revisions
          </Button>
          {!readOnly && (
            <>
              {approvalWords(policy) === "yours" && <ApproveButton policy={policy} onChanged={onChanged} />}
              <Button icon="eye" disabledReason={whyNoShadow} onClick={() => setAsked("shadow")}>
                Run in shadow
              </Button>
              <Button
                variant="primary"
                icon={why ? "lock" : "shieldcheck"}
                disabledReason={why}
                aria-describedby={why ? "why-not" : undefined}
                onClick={() => setAsked("active")}
              >
                Activate
              </Button>
              <MoreMenu policy={policy} onStop={() => setAsked("disabled")} onChanged={onChanged} />
            </>
          )}
        </>
      }
    >
      <Crumbs items={[{ label: "Policies", href: "/policies" }, { label: label || policy.key }]} />
      <StatusBadge status={policy.status} />
      {policy.draft && <Badge kind="accent">Draft of revision {policy.revision + 1}</Badge>}
      <Standing policy={policy} saving={saving} />
      {asked && (
        <StatusDialog
          policy={policy}
          status={asked}
          onClose={() => setAsked(null)}
          onDone={(after) => {
            setAsked(null)
            toast(DONE[asked], { icon: asked === "active" ? "shieldcheck" : "eye" })
            onChanged(after)
          }}
        />
      )}
    </Topbar>
  )
}

const DONE = {
  active: "It decides from now on.",
  shadow: "It is watched from now on, and decides nothing.",
  disabled: "It decides nothing any more.",
} as const

const PHASES: Partial<Record<Saving["phase"], string>> = {
  dirty: "Saving…",
  saving: "Saving…",
  offline: "Offline. Your changes are kept here",
  faulty: "Not saved: the rule has faults",
  conflict: "Not saved: somebody else changed it",
  failed: "Not saved",
}

function Standing({ policy, saving }: { policy: Policy; saving: Saving }) {
  const now = useNow(30_000)
  const { draft, revision, updated_at } = policy
  const said =
    saving.phase === "failed"
      ? saving.message
      : (PHASES[saving.phase] ?? (draft ? `saved ${clock(draft.at)}` : `changed ${ago(updated_at, now)}`))
  const active = draft && policy.in_force ? ` · active is ${revision}, since ${date(updated_at)}` : ""
  return (
    <span className="xs subtle cut policy-standing" role="status">
      {said}
      {active}
    </span>
  )
}

function ApproveButton({ policy, onChanged }: Pick<Props, "policy" | "onChanged">) {
  const [busy, setBusy] = useState(false)
  const give = async () => {
    setBusy(true)
    try {
      onChanged(await approve(policy))
      toast("Approved. It can be activated now.")
    } catch (reason) {
      toast(failureText(reason, "It could not be approved."), { icon: "warn" })
    } finally {
      setBusy(false)
    }
  }
  return (
    <Button icon="usercheck" busy={busy} onClick={() => void give()}>
      Approve
    </Button>
  )
}

interface MoreProps {
  policy: Policy
  onStop: () => void
  onChanged: Props["onChanged"]
}

function MoreMenu({ policy, onStop, onChanged }: MoreProps) {
  const [asked, setAsked] = useState<"discard" | "delete" | null>(null)
  const isOn = policy.status === "active" || policy.status === "shadow"
  return (
    <>
      <Menu
        items={[
          {
            label: "Take out of force",
            icon: "ban",
            disabledReason: !isOn && "It decides nothing as it is.",
            onSelect: onStop,
          },
          {
            label: "Discard the draft",
            icon: "undo",
            disabledReason: !policy.draft && "There is no draft.",
            onSelect: () => setAsked("discard"),
          },
          {
            label: "Delete",
            icon: "trash",
            danger: true,
            separate: true,
            onSelect: () => setAsked("delete"),
          },
        ]}
      >
        <IconButton label="More" icon="more" variant="ghost" />
      </Menu>
      {asked === "discard" && (
        <ConfirmDialog
          title="Discard the draft"
          action="Discard"
          onClose={() => setAsked(null)}
          onConfirm={async () => {
            await discardDraft(policy.id, policy.draft_version)
            setAsked(null)
            onChanged(policy)
          }}
        >
          What the draft says is gone then. Revision {policy.revision} stays as it is.
        </ConfirmDialog>
      )}
      {asked === "delete" && (
        <ConfirmDialog
          title={`Delete “${policy.label}”`}
          action="Delete"
          onClose={() => setAsked(null)}
          onConfirm={async () => {
            await deletePolicy(policy.id)
            toast(`“${policy.label}” is deleted.`, { icon: "trash" })
            onChanged(null)
          }}
        >
          The policy goes with its revisions and tests
          {policy.in_force ? ", and decides nothing from now on" : ""}. Nothing brings it back; the audit
          keeps what it said.
        </ConfirmDialog>
      )}
    </>
  )
}
