import { useQuery, useQueryClient } from "@tanstack/react-query"
import { useEffect, useRef, useState } from "react"
import { Link } from "wouter"
import { Button } from "../shared/Button"
import { CopyField } from "../shared/CopyField"
import { clock } from "../shared/format"
import { useNow } from "../shared/hooks/useNow"
import { Note } from "../shared/Note"
import { Prose } from "../shared/Prose"
import { StateMark } from "../shared/StateMark"
import { announce } from "../shared/announce"
import { toast } from "../shared/toast"
import { readListening, startListening } from "./api"
import type { Listening, RunRef } from "./types"

interface Props {
  id: string
  /** The draft is saved before it listens: a call runs it. */
  before?: () => Promise<void>
  /** A call arrived and started this run. */
  onRun?: (run: RunRef) => void
}

const POLL_MS = 1_000

/** Waits two minutes for a call of the test address, which runs the draft. */
export function ListenCard({ id, before, onRun }: Props) {
  const client = useQueryClient()
  const key = ["trigger", id, "listen"]
  const [busy, setBusy] = useState(false)
  const [on, setOn] = useState(false)
  const state = useQuery({
    queryKey: key,
    queryFn: () => readListening(id),
    enabled: on,
    refetchInterval: POLL_MS,
    gcTime: 0,
  }).data
  const now = useNow(POLL_MS, on)
  const left = on && state?.until ? Math.ceil((Date.parse(state.until) - now.getTime()) / 1_000) : 0
  useArrival(state, onRun)

  const listen = async () => {
    setBusy(true)
    try {
      await before?.()
      client.setQueryData(key, await startListening(id))
      setOn(true)
    } catch (reason) {
      toast(reason instanceof Error ? reason.message : "It can't listen now.", { icon: "warn" })
    } finally {
      setBusy(false)
    }
  }
  return (
    <div className="listen">
      <p className="xs subtle">
        A call of the test address runs the draft as you, and is drawn on the canvas while it goes.
      </p>
      {left > 0 && state ? (
        <>
          <CopyField label="Test address" text={state.url} />
          <span className="row g2 sm" role="status">
            <StateMark status="waiting" label={state.received ? "Listening for another call" : "Listening"} />
            <span className="num subtle">{left} s left</span>
          </span>
        </>
      ) : (
        <Button icon="play" size="sm" busy={busy} onClick={() => void listen()}>
          Listen for a call
        </Button>
      )}
      {state?.received && <Received received={state.received} />}
    </div>
  )
}

function Received({ received }: { received: NonNullable<Listening["received"]> }) {
  const { at, method, problem, run } = received
  return (
    <Note kind={problem ? "warn" : "ok"}>
      {method} arrived at {clock(at)}. {problem && <Prose text={problem} />}
      {run && (
        <Link className="linkish" href={`/runs/${run.id}`}>
          Run {run.number}
        </Link>
      )}
    </Note>
  )
}

/** Tells each run that a call started, once. */
function useArrival(state: Listening | undefined, onRun: Props["onRun"]): void {
  const seen = useRef<string | null>(null)
  const received = state?.received
  useEffect(() => {
    if (!received || seen.current === received.at) return
    seen.current = received.at
    announce(received.problem ? "A call arrived and was refused" : "A call arrived")
    if (received.run) onRun?.(received.run)
  }, [received, onRun])
}
