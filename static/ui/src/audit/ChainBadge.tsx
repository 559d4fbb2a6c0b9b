import { useState } from "react"
import { useCan } from "../api/me"
import { Button } from "../shared/Button"
import { ago, count, duration, moment, plural } from "../shared/format"
import { useNow } from "../shared/hooks/useNow"
import { Icon } from "../shared/icons/Icon"
import { useChainState, verifyChain } from "./api"
import type { ChainState, Verification } from "./types"

/** How far the chain of seals reaches, and whether computing it anew found it whole. */
export function ChainBadge({ onOpen }: { onOpen: (entry: number) => void }) {
  const state = useChainState().data
  const mayVerify = useCan("audit.verify")
  const [busy, setBusy] = useState(false)
  const [found, setFound] = useState<Verification | null>(null)
  const [failure, setFailure] = useState<string | null>(null)
  const verify = async () => {
    setBusy(true)
    setFailure(null)
    try {
      setFound(await verifyChain())
    } catch (error) {
      setFailure(error instanceof Error ? error.message : "The chain could not be verified.")
    } finally {
      setBusy(false)
    }
  }
  const look = failure ? "is-unknown" : found ? (found.ok ? "is-whole" : "is-broken") : "is-unknown"
  return (
    <div className={`chain-badge ${look}`} role={found && !found.ok ? "alert" : "status"}>
      <Icon name={found && !found.ok ? "warn" : "chain"} size={18} />
      <span className="grow">
        {failure ?? (found ? <Found found={found} onOpen={onOpen} /> : state ? <Known state={state} /> : "…")}
      </span>
      {mayVerify && (
        <Button size="sm" icon="shieldcheck" busy={busy} onClick={() => void verify()}>
          {found ? "Verify again" : "Verify now"}
        </Button>
      )}
    </div>
  )
}

function Known({ state }: { state: ChainState }) {
  const now = useNow(5_000)
  return (
    <>
      {plural(state.entries, "entry", "entries")} under {plural(state.seals, "seal")}
      {state.last_sealed_at && (
        <span title={moment(state.last_sealed_at)}>, last sealed {ago(state.last_sealed_at, now)}</span>
      )}
      .{state.unsealed > 0 && ` ${count(state.unsealed)} not sealed yet.`}
    </>
  )
}

function Found({ found, onOpen }: { found: Verification; onOpen: (entry: number) => void }) {
  const checked = `${plural(found.entries, "entry", "entries")} under ${plural(found.seals, "seal")}`
  if (found.ok)
    return (
      <>
        <b className="med">Chain intact.</b> {checked} computed anew in {duration(found.took_ms)}.
      </>
    )
  const { entry, seal, problem } = found.first_bad ?? { entry: null, seal: null, problem: "" }
  return (
    <>
      <b className="med">The chain is broken.</b>{" "}
      {entry ? (
        <button type="button" className="linkish" onClick={() => onOpen(entry)}>
          Entry {count(entry)}
        </button>
      ) : seal ? (
        `Seal ${count(seal)}`
      ) : null}
      {(entry || seal) && ": "}
      {problem}
      {found.faults > 1 && ` ${plural(found.faults - 1, "more fault")}.`}
    </>
  )
}
