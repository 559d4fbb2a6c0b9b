/** A file of policies, as it is exported and imported. Pure; what the policies say is the server's to judge. */
import { jsonErrorOffset } from "../../workflows/jsonOffset"

export const MAX_FILE_BYTES = 5 * 1024 * 1024

export type ReadFile =
  | { readonly ok: true; readonly policies: Record<string, unknown>[] }
  | { readonly ok: false; readonly message: string }

export function readFile(text: string): ReadFile {
  let read: unknown
  try {
    read = JSON.parse(text)
  } catch {
    const line = text.slice(0, jsonErrorOffset(text)).split("\n").length
    return { ok: false, message: `This is not JSON: it breaks in line ${line}.` }
  }
  const list = Array.isArray(read) ? read : isRecord(read) ? read.policies : null
  if (!Array.isArray(list)) return { ok: false, message: "There is no list “policies” in this document." }
  if (list.length === 0) return { ok: false, message: "The list “policies” is empty." }
  const at = list.findIndex((policy) => !isRecord(policy))
  if (at >= 0) return { ok: false, message: `policies.${at} is no object.` }
  return { ok: true, policies: list as Record<string, unknown>[] }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value)
