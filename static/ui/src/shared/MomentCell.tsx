import { moment } from "./format"

interface Props {
  /** Null: it has not come. */
  at: string | null | undefined
  /** How it is told, such as `ago`. */
  words: (at: string) => string
  none?: string
  wideOnly?: boolean
}

/** A cell that tells when; the exact time stands in its title. */
export function MomentCell({ at, words, none = "–", wideOnly }: Props) {
  return (
    <td className={wideOnly ? "muted wide-only" : "muted"} title={at ? moment(at) : undefined}>
      {at ? words(at) : none}
    </td>
  )
}
