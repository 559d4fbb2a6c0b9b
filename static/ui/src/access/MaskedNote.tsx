import { lazy, Suspense, useEffect, useState } from "react"
import { Button } from "../shared/Button"
import type { MaskedField } from "../api/types"
import { useViewer, viewerName } from "../api/viewing"
import { byRule } from "../shared/data/masks"
import { plural, until } from "../shared/format"
import { useNow } from "../shared/hooks/useNow"
import { Icon } from "../shared/icons/Icon"
import { toast } from "../shared/toast"
import { hide } from "./api"
import type { Reveal } from "./types"
import "./MaskedNote.css"

const RevealDialog = lazy(() => import("./RevealDialog"))

interface Props {
  masked: readonly MaskedField[]
  /** The node whose values these are. */
  of?: {
    run: string
    node: string
    /** Values that this person had revealed, while that lasts. */
    reveal: Reveal | null
    canReveal: boolean
    onChanged: () => Promise<unknown>
  }
}

/** Over data: which fields the reader sees masked, by which rules, and the way to see them for a while. */
export function MaskedNote({ masked, of }: Props) {
  const [asking, setAsking] = useState(false)
  const viewer = useViewer()
  if (of?.reveal) return <Revealed {...of} reveal={of.reveal} />
  if (masked.length === 0) return null
  const rules = byRule(masked)
  const fields = new Set(rules.flatMap(({ names }) => names)).size
  return (
    <div className="masked-note">
      <Icon name="eyeoff" size={14} />
      <span className="grow">
        <b className="med">
          {plural(fields, "field")} masked for {viewer ? viewerName(viewer) : "you"}.
        </b>{" "}
        {rules.map(({ rule, names }, at) => (
          <span key={rule}>
            {at > 0 && "; "}
            {rule}: <code>{names.slice(0, NAMED).join(", ")}</code>
            {names.length > NAMED && ` and ${names.length - NAMED} more`}
          </span>
        ))}
      </span>
      {of?.canReveal && !viewer && (
        <Button size="sm" icon="eye" onClick={() => setAsking(true)}>
          Reveal
        </Button>
      )}
      <Suspense>
        {asking && of && (
          <RevealDialog run={of.run} node={of.node} onDone={of.onChanged} onClose={() => setAsking(false)} />
        )}
      </Suspense>
    </div>
  )
}

const NAMED = 4

function Revealed({ run, node, reveal, onChanged }: NonNullable<Props["of"]> & { reveal: Reveal }) {
  const now = useNow(1_000)
  const [busy, setBusy] = useState(false)
  const isOver = now.getTime() >= new Date(reveal.until).getTime()
  useEffect(() => {
    if (isOver) void onChanged()
    // once, when the time is over
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [isOver])
  const end = async () => {
    setBusy(true)
    try {
      await hide(run, node)
      await onChanged()
    } catch (error) {
      toast(error instanceof Error ? error.message : "The values could not be hidden.", { icon: "warn" })
    } finally {
      setBusy(false)
    }
  }
  return (
    <div className="masked-note is-revealed" role="status">
      <Icon name="eye" size={14} />
      <span className="grow">
        <b className="med">Revealed to you alone.</b> “{reveal.reason}”. Masked again{" "}
        {until(reveal.until, now)}.
      </span>
      <Button size="sm" icon="eyeoff" busy={busy} onClick={() => void end()}>
        Hide now
      </Button>
    </div>
  )
}
