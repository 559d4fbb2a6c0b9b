/** Alerts in words. Pure. */
import { count } from "../shared/format"
import type { Alert, AlertKind } from "./types"

const KINDS: Readonly<Record<AlertKind, string>> = {
  burst: "Much more than usual",
  denied_burst: "Many denials",
  new_resource: "Something new",
  off_hours: "At night",
  mass_export: "Much taken out",
}

export const kindLabel = (kind: string): string => KINDS[kind as AlertKind] ?? kind.replaceAll("_", " ")

/** “340, usually 12; looked at from 60 on” */
export function measureWords({ seen, usual, limit }: Pick<Alert, "seen" | "usual" | "limit">): string {
  return `${count(seen)}, usually ${rounded(usual)}; told from ${rounded(limit)} on`
}

const rounded = (value: number): string => (Number.isInteger(value) ? count(value) : value.toFixed(1))
