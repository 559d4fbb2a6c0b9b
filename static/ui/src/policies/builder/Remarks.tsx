import { Link } from "wouter"
import { Icon } from "../../shared/icons/Icon"
import { Prose } from "../../shared/Prose"
import { remove } from "../model/moves"
import type { Remark } from "../model/remarks"
import { useBuilder } from "./BuilderContext"

interface Props {
  id?: string
  remarks: readonly Remark[] | undefined
}

/** What is wrong or strange about a part, under it. */
export function Remarks({ id, remarks = [] }: Props) {
  const { keeper, readOnly } = useBuilder()
  if (remarks.length === 0) return null
  return (
    <ul className="cond-remarks" id={id}>
      {remarks.map((remark) => (
        <li key={`${remark.place} ${remark.message}`} className={`cond-remark is-${remark.severity}`}>
          <Icon name={remark.severity === "info" ? "info" : "warn"} size={14} />
          <span className="grow">
            <Prose text={remark.message} /> <PolicyLinks keys={remark.policies} />
          </span>
          {remark.removes && !readOnly && (
            <button
              type="button"
              className="linkish nowrap"
              onClick={() => remark.removes && keeper.editTree((tree) => remove(tree, remark.removes ?? ""))}
            >
              Remove it
            </button>
          )}
        </li>
      ))}
    </ul>
  )
}

/** The policies that a remark names, found by their keys. */
export function PolicyLinks({ keys }: { keys: readonly string[] }) {
  return keys.map((key) => (
    <Link key={key} className="linkish" href={`/policies?search=${encodeURIComponent(key)}`}>
      {key}{" "}
    </Link>
  ))
}
