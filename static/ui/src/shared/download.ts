/** Hands the browser a text to save as a file. */
export function saveText(text: string, fileName: string, type = "application/json"): void {
  const url = URL.createObjectURL(new Blob([text], { type }))
  const link = document.createElement("a")
  link.href = url
  link.download = fileName
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}

/** A file name out of a title: what file systems refuse becomes a dash. */
export function fileNameOf(title: string, extension: string): string {
  const safe = title
    .trim()
    .replace(/[^\p{L}\p{N} ._-]+/gu, "-")
    .replace(/\s+/g, " ")
    .slice(0, 80)
  return `${safe || "workflow"}.${extension}`
}
