/** Names for code and names for people. Pure. */

/** A text as a name that code can use: `Read CSV` is `read_csv`. */
export function identifier(text: string): string {
  const name = text
    .toLowerCase()
    .replaceAll("ß", "ss")
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/[^\p{L}\p{N}]+/gu, "_")
    .replace(/^_+|_+$/g, "")
    .replace(/[^a-z0-9_]/g, "")
  return /^[a-z_]/.test(name) ? name : `step_${name}`.replace(/_$/, "")
}

/** An id as people read it: `http_request_2` is “Http request 2”. */
export function asWords(id: string): string {
  const words = id.replace(/_+/g, " ").trim()
  return words ? words.charAt(0).toUpperCase() + words.slice(1) : id
}
