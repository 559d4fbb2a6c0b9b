import { useRef, useState } from "react"
import { csrfToken } from "../api/client"
import { datasetName, refusal, upload, type UploadError, type UploadLimits } from "./upload"

/** One file on its way, or one that did not get through. Those that did are gone from the list. */
export interface UploadState {
  readonly key: number
  readonly file: string
  /** 0 to 1 of the file sent; at 1 the server reads it. */
  readonly share: number
  readonly failure: { readonly message: string; readonly errors: readonly UploadError[] } | null
}

/** Sends files and tells how far they are. `onDone` gets the new dataset's id. */
export function useUploads(limits: UploadLimits | undefined, onDone: (id: string, file: string) => void) {
  const [uploads, setUploads] = useState<readonly UploadState[]>([])
  const aborts = useRef(new Map<number, AbortController>())
  const nextKey = useRef(1)
  const change = (key: number, update: Partial<UploadState>) =>
    setUploads((before) => before.map((item) => (item.key === key ? { ...item, ...update } : item)))
  const dismiss = (key: number) => {
    aborts.current.get(key)?.abort()
    setUploads((before) => before.filter((item) => item.key !== key))
  }
  const send = async (file: File, key: number) => {
    const abort = new AbortController()
    aborts.current.set(key, abort)
    try {
      const result = await upload({
        file,
        name: datasetName(file.name),
        csrfToken: csrfToken(),
        onProgress: (share) => change(key, { share }),
        signal: abort.signal,
      })
      if (!result.ok) return change(key, { failure: result })
      dismiss(key)
      onDone(result.id, file.name)
    } catch {
      dismiss(key) // cancelled by the person
    } finally {
      aborts.current.delete(key)
    }
  }
  const start = (file: File) => {
    const key = nextKey.current++
    const reason = limits ? refusal(file, limits) : null
    const failure = reason === null ? null : { message: reason, errors: [] }
    setUploads((before) => [...before, { key, file: file.name, share: 0, failure }])
    if (failure === null) void send(file, key)
  }
  return { uploads, start, dismiss }
}
