import { useState } from "react"
import { LoadError } from "../shell/LoadError"
import { Badge } from "../shared/Badge"
import { Button } from "../shared/Button"
import { ConfirmDialog } from "../shared/ConfirmDialog"
import { ago, date, plural } from "../shared/format"
import { useNow } from "../shared/hooks/useNow"
import { Note } from "../shared/Note"
import { SkeletonRows } from "../shared/Skeleton"
import { toast } from "../shared/toast"
import { hasPasskeys } from "../identity/passkeys"
import { AppDialog } from "./AppDialog"
import { CodesDialog } from "./CodesDialog"
import {
  removeApp,
  removePasskey,
  renewCodes,
  useFactors,
  useRefreshIdentity,
  type Codes,
  type Factors,
  type Passkey,
} from "./identityApi"
import { PasskeyDialog } from "./PasskeyDialog"
import "./SecurityCard.css"

type Doing = "app" | "passkey" | "codes" | "drop-app" | Passkey | null

/** What one signs in with beside the password. */
export function SecurityCard() {
  const factors = useFactors()
  const refresh = useRefreshIdentity()
  const [doing, setDoing] = useState<Doing>(null)
  const [codes, setCodes] = useState<Codes>(null)
  const added = async (made: Codes, what: string) => {
    await refresh()
    setDoing(null)
    setCodes(made)
    toast(what)
  }
  const removed = async (remove: () => Promise<void>, what: string) => {
    await remove()
    await refresh()
    setDoing(null)
    toast(what, { icon: "trash" })
  }
  return (
    <section className="card" aria-labelledby="security-title">
      <header>
        <h2 id="security-title">Second factors and passkeys</h2>
      </header>
      {factors.isPending && (
        <div className="body">
          <SkeletonRows rows={3} />
        </div>
      )}
      {factors.isError && (
        <LoadError what="your second factors" error={factors.error} onRetry={() => void factors.refetch()} />
      )}
      {factors.data && <FactorRows factors={factors.data} onDo={setDoing} />}
      {doing === "app" && (
        <AppDialog
          onClose={() => setDoing(null)}
          onAdded={(made) => added(made, "The authenticator app is set up.")}
        />
      )}
      {doing === "passkey" && (
        <PasskeyDialog
          onClose={() => setDoing(null)}
          onAdded={(made) => added(made, "The passkey is kept.")}
        />
      )}
      {doing === "drop-app" && (
        <ConfirmDialog
          title="Remove the authenticator app"
          action="Remove"
          onClose={() => setDoing(null)}
          onConfirm={() => removed(removeApp, "The authenticator app is removed.")}
        >
          <p>Its codes count no more.{factors.data?.passkeys.length === 0 && LAST}</p>
        </ConfirmDialog>
      )}
      {typeof doing === "object" && doing && (
        <ConfirmDialog
          title={`Remove “${doing.name}”`}
          action="Remove"
          onClose={() => setDoing(null)}
          onConfirm={() => removed(() => removePasskey(doing.id), `“${doing.name}” is removed.`)}
        >
          <p>
            You cannot sign in with this passkey any more.
            {factors.data?.passkeys.length === 1 && !factors.data.app_since && LAST}
          </p>
        </ConfirmDialog>
      )}
      {doing === "codes" && (
        <ConfirmDialog
          title="New recovery codes"
          action="Make new codes"
          variant="primary"
          onClose={() => setDoing(null)}
          onConfirm={async () => added(await renewCodes(), "There are new recovery codes.")}
        >
          <p>The codes that you kept until now count no more.</p>
        </ConfirmDialog>
      )}
      {codes && <CodesDialog codes={codes} onClose={() => setCodes(null)} />}
    </section>
  )
}

const LAST = " It is your last second factor: the password alone signs you in then."

function FactorRows({ factors, onDo }: { factors: Factors; onDo: (doing: Doing) => void }) {
  const now = useNow(60_000)
  const hasFactor = factors.app_since !== null || factors.passkeys.length > 0
  return (
    <div className="body factors">
      {factors.wanted && !hasFactor && (
        <Note kind="warn">
          This workspace wants a second factor for secrets and policies. You have none yet.
        </Note>
      )}
      <div className="factor">
        <div className="factor-text">
          <b className="med">Authenticator app {factors.app_since && <Badge kind="ok">on</Badge>}</b>
          <span className="xs subtle">
            {factors.app_since
              ? `Since ${date(factors.app_since, now)}, last used ${factors.app_used_at ? ago(factors.app_used_at, now) : "never"}`
              : "Six digits from your phone, after the password."}
          </span>
        </div>
        {factors.app_since ? (
          <Button
            size="sm"
            variant="danger"
            aria-label="Remove the authenticator app"
            onClick={() => onDo("drop-app")}
          >
            Remove
          </Button>
        ) : (
          <Button size="sm" aria-label="Set up an authenticator app" onClick={() => onDo("app")}>
            Set up
          </Button>
        )}
      </div>
      <div className="factor">
        <div className="factor-text">
          <b className="med">Passkeys</b>
          <span className="xs subtle">
            A finger, a face or a PIN of this device, in the place of the password.
          </span>
        </div>
        <Button
          size="sm"
          icon="plus"
          aria-label="Add a passkey"
          disabledReason={!hasPasskeys() && "This browser has no passkeys."}
          onClick={() => onDo("passkey")}
        >
          Add
        </Button>
      </div>
      {factors.passkeys.length > 0 && (
        <ul className="passkeys" aria-label="Passkeys">
          {factors.passkeys.map((passkey) => (
            <li key={passkey.id} className="factor">
              <div className="factor-text">
                <span className="cut">{passkey.name}</span>
                <span className="xs subtle">
                  Added {date(passkey.created_at, now)}, last used{" "}
                  {passkey.used_at ? ago(passkey.used_at, now) : "never"}
                </span>
              </div>
              <Button
                size="sm"
                variant="danger"
                aria-label={`Remove ${passkey.name}`}
                onClick={() => onDo(passkey)}
              >
                Remove
              </Button>
            </li>
          ))}
        </ul>
      )}
      {hasFactor && (
        <div className="factor">
          <div className="factor-text">
            <b className="med">Recovery codes</b>
            <span className={`xs ${(factors.codes_left ?? 0) < 3 ? "retrying" : "subtle"}`}>
              {factors.codes_left === null
                ? "None yet."
                : `${plural(factors.codes_left, "code")} left, for when the others are lost.`}
            </span>
          </div>
          <Button size="sm" aria-label="New codes for recovery" onClick={() => onDo("codes")}>
            New codes
          </Button>
        </div>
      )}
    </div>
  )
}
