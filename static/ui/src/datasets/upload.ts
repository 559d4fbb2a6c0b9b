/** Sending a file with progress. `fetch` cannot report how much was sent, so this uses XMLHttpRequest. */

import { bytes } from "../shared/format"

export interface UploadLimits {
  readonly max_bytes: number
  readonly formats: readonly string[]
}

export interface UploadError {
  readonly line: number | null
  readonly column: number | null
  readonly message: string
}

export type UploadResult =
  | { readonly ok: true; readonly id: string }
  | { readonly ok: false; readonly message: string; readonly errors: readonly UploadError[] }

/** "Sales 2024.csv" is kept as a dataset named "Sales 2024". */
export function datasetName(file: string): string {
  const name = file.replace(/\.(csv|tsv|json|jsonl|ndjson|parquet)$/i, "").trim()
  return name || file
}

export function extensionOf(file: string): string {
  const dot = file.lastIndexOf(".")
  return dot > 0 ? file.slice(dot + 1).toLowerCase() : ""
}

/** Why a file cannot be sent, or null. Checked before sending: a refused upload breaks off without an answer. */
export function refusal(file: { name: string; size: number }, limits: UploadLimits): string | null {
  if (file.size === 0) return `“${file.name}” is empty.`
  if (file.size > limits.max_bytes) {
    return `“${file.name}” has ${bytes(file.size)}; a dataset may have ${bytes(limits.max_bytes)} at most.`
  }
  if (!limits.formats.includes(extensionOf(file.name))) {
    return `“${file.name}” is not one of ${limits.formats.map((format) => `.${format}`).join(", ")}.`
  }
  return null
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

function numberOrNull(value: unknown): number | null {
  return typeof value === "number" ? value : null
}

function readErrors(value: unknown): UploadError[] {
  if (!Array.isArray(value)) return []
  return value.filter(isRecord).map((error) => ({
    line: numberOrNull(error.line),
    column: numberOrNull(error.column),
    message: typeof error.message === "string" ? error.message : "This place cannot be read.",
  }))
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return null
  }
}

/** The server's answer to an upload as a result to show. */
export function readAnswer(status: number, text: string): UploadResult {
  const body = readJson(text)
  if (status >= 200 && status < 300 && isRecord(body) && typeof body.id === "string") {
    return { ok: true, id: body.id }
  }
  if (status === 0)
    return { ok: false, message: "The connection broke before the file was sent.", errors: [] }
  const detail = isRecord(body) && typeof body.detail === "string" && body.detail ? body.detail : null
  const fallback =
    status === 413 ? "The file is larger than the server takes." : `The server answered ${status}.`
  return { ok: false, message: detail ?? fallback, errors: isRecord(body) ? readErrors(body.errors) : [] }
}

export interface UploadRequest {
  readonly file: File
  readonly name: string
  readonly csrfToken: string
  readonly onProgress: (share: number) => void
  readonly signal: AbortSignal
}

/** Sends the file; resolves also when the server refuses it. Rejects only when it is aborted. */
export function upload(request: UploadRequest): Promise<UploadResult> {
  const body = new FormData()
  body.set("name", request.name)
  body.set("file", request.file)
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest()
    xhr.open("POST", "/api/v1/datasets/")
    xhr.setRequestHeader("X-CSRFToken", request.csrfToken)
    xhr.setRequestHeader("Accept", "application/json")
    xhr.upload.onprogress = (event) => {
      if (event.lengthComputable) request.onProgress(event.loaded / event.total)
    }
    xhr.onload = () => resolve(readAnswer(xhr.status, xhr.responseText))
    xhr.onerror = () => resolve(readAnswer(0, ""))
    xhr.onabort = () => reject(new DOMException("The upload was cancelled.", "AbortError"))
    request.signal.addEventListener("abort", () => xhr.abort())
    xhr.send(body)
  })
}
