import { IconButton } from "../shared/Button"
import { Icon } from "../shared/icons/Icon"
import { Note } from "../shared/Note"
import type { UploadError } from "./upload"
import type { UploadState } from "./useUploads"

interface Props {
  uploads: readonly UploadState[]
  onDismiss: (key: number) => void
}

/** Files on their way, with progress; files that were refused, with the place that is wrong. */
export function UploadList({ uploads, onDismiss }: Props) {
  return (
    <ul className="uploads">
      {uploads.map((item) => (
        <li key={item.key}>
          {item.failure ? (
            <Refused item={item} failure={item.failure} onDismiss={onDismiss} />
          ) : (
            <Progress item={item} onDismiss={onDismiss} />
          )}
        </li>
      ))}
    </ul>
  )
}

function Progress({ item, onDismiss }: { item: UploadState; onDismiss: Props["onDismiss"] }) {
  const percent = Math.round(item.share * 100)
  return (
    <div className="upload">
      <Icon name="upload" />
      <span className="cut med">{item.file}</span>
      <span
        className="meter"
        role="progressbar"
        aria-label={`Upload of ${item.file}`}
        aria-valuenow={percent}
        aria-valuemin={0}
        aria-valuemax={100}
      >
        <i style={{ width: `${percent}%` }} />
      </span>
      <span className="num muted sm nowrap">{percent < 100 ? `${percent} %` : "Reading the file"}</span>
      <IconButton
        label={`Cancel the upload of ${item.file}`}
        icon="x"
        size="sm"
        variant="ghost"
        onClick={() => onDismiss(item.key)}
      />
    </div>
  )
}

interface RefusedProps {
  item: UploadState
  failure: { message: string; errors: readonly UploadError[] }
  onDismiss: Props["onDismiss"]
}

function Refused({ item, failure, onDismiss }: RefusedProps) {
  return (
    <Note kind="bad">
      <div className="upload-refused">
        <span className="grow">
          <b className="med">{item.file} was not kept.</b> {failure.errors.length === 0 && failure.message}
        </span>
        <IconButton
          label="Close this message"
          icon="x"
          size="sm"
          variant="ghost"
          onClick={() => onDismiss(item.key)}
        />
      </div>
      {failure.errors.length > 0 && (
        <ul className="upload-errors">
          {failure.errors.slice(0, 8).map((error, index) => (
            <li key={index}>
              {placeOf(error) && <span className="mono">{placeOf(error)} </span>}
              {error.message}
            </li>
          ))}
        </ul>
      )}
    </Note>
  )
}

function placeOf({ line, column }: UploadError): string {
  if (line === null) return ""
  return column === null ? `Line ${line}:` : `Line ${line}, column ${column}:`
}
