import { Icon } from "../icons/Icon"
import type { MaskedField } from "../../api/types"
import { ruleName } from "./masks"

/** A value as the rule leaves it, with the look of everything masked. */
export function MaskChip({ text, field }: { text: string; field: MaskedField }) {
  const title = `Masked by “${ruleName(field)}”`
  return (
    <span className="mask" title={title}>
      <Icon name="eyeoff" size={12} />
      {text === "" || text === "null" ? "hidden" : text}
      <span className="sr">, {title}</span>
    </span>
  )
}
