import { moveByArrows } from "../shared/Tabs"
import { KINDS } from "./form"
import type { MaskType } from "./types"

interface Props {
  value: MaskType
  readOnly: boolean
  onChange: (type: MaskType) => void
}

/** The ways to mask, each with an example of what is left. */
export function KindPicker({ value, readOnly, onChange }: Props) {
  return (
    <div>
      <h2 className="h3" id="mask-kinds">
        How it is masked
      </h2>
      <div
        className="mask-kinds"
        role="radiogroup"
        aria-labelledby="mask-kinds"
        tabIndex={-1}
        onKeyDown={moveByArrows}
      >
        {KINDS.map(({ type, label, example }) => (
          <button
            key={type}
            type="button"
            role="radio"
            className="mask-kind"
            aria-checked={type === value}
            aria-disabled={readOnly || undefined}
            tabIndex={type === value ? 0 : -1}
            onClick={() => !readOnly && onChange(type)}
          >
            <b>{label}</b>
            <code>{example}</code>
          </button>
        ))}
      </div>
    </div>
  )
}
