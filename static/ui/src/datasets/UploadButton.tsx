import { useRef } from "react"
import { Button } from "../shared/Button"
import { bytes } from "../shared/format"
import type { UploadLimits } from "./upload"

interface Props {
  limits: UploadLimits | undefined
  onFile: (file: File) => void
}

/** Opens the file picker; says beside it what may be uploaded. */
export function UploadButton({ limits, onFile }: Props) {
  const input = useRef<HTMLInputElement>(null)
  const accept = limits?.formats.map((format) => `.${format}`).join(",")
  return (
    <div className="row">
      {limits && (
        <span className="xs subtle">
          Drop a file here. {limits.formats.join(", ")}, up to {bytes(limits.max_bytes)}
        </span>
      )}
      <Button variant="primary" icon="upload" onClick={() => input.current?.click()}>
        Upload
      </Button>
      <input
        ref={input}
        className="sr"
        type="file"
        multiple
        accept={accept}
        tabIndex={-1}
        aria-label="Files to upload"
        onChange={(event) => {
          for (const file of event.target.files ?? []) onFile(file)
          event.target.value = ""
        }}
      />
    </div>
  )
}
