import { lazy, Suspense, useState, type RefObject } from "react"
import { useCan } from "../api/me"
import { viewerName, type ViewAs } from "../api/viewing"
import { Button } from "../shared/Button"
import { useNow } from "../shared/hooks/useNow"
import { Icon } from "../shared/icons/Icon"
import { standingWords } from "./words"
import "./viewas.css"

const SaveTestDialog = lazy(() => import("./SaveTestDialog"))

interface Props {
  viewed: ViewAs
  step: RefObject<string | null>
  onChoose: () => void
  onStop: () => void
}

/** Over the page, as long as one looks as somebody else. */
export default function ViewBar({ viewed, step, onChoose, onStop }: Props) {
  const mayKeep = useCan("policy.manage")
  const [keeping, setKeeping] = useState(false)
  const isOver = useNow(15_000).getTime() >= new Date(viewed.until).getTime()
  return (
    <div className="view-bar" role="region" aria-label="You look as somebody else">
      <Icon name="eye" size={16} />
      <span className="grow cut">
        {isOver ? (
          <>This view has ended. Choose again whose eyes to look through.</>
        ) : (
          <>
            You look as <b>{viewerName(viewed)}</b> <span className="muted">{standingWords(viewed)}</span>
          </>
        )}
      </span>
      {mayKeep && (
        <Button size="sm" icon="shieldcheck" onClick={() => setKeeping(true)}>
          Save as policy test
        </Button>
      )}
      <Button size="sm" onClick={onChoose}>
        Choose another
      </Button>
      <Button size="sm" icon="x" onClick={onStop}>
        Stop
      </Button>
      <Suspense>
        {keeping && <SaveTestDialog viewed={viewed} step={step.current} onClose={() => setKeeping(false)} />}
      </Suspense>
    </div>
  )
}
