import { useState } from "react"
import { useMe } from "../api/me"
import { Button } from "../shared/Button"
import { ConfirmDialog } from "../shared/ConfirmDialog"
import { plural } from "../shared/format"
import { toast } from "../shared/toast"
import { removePersonFactors, usePersonFactors, useRefreshPeople } from "./api"
import type { FactorsOfPerson, Member } from "./types"

/** What somebody proves themselves with beside the password; taken away for who lost it. */
export function PersonFactors({ person }: { person: Member }) {
  const me = useMe()
  const factors = usePersonFactors(person.id)
  const refresh = useRefreshPeople()
  const [asking, setAsking] = useState(false)
  const name = person.name || person.email
  if (!factors.data) return null
  const hasSome = factors.data.app || factors.data.passkeys > 0
  return (
    <section className="deactivation" aria-label="Second factors">
      <p className="sm muted">{factorWords(factors.data)}</p>
      {hasSome && (
        <Button
          disabledReason={me?.id === person.id && "Your own factors you change at your account."}
          onClick={() => setAsking(true)}
        >
          Take second factors away
        </Button>
      )}
      {asking && (
        <ConfirmDialog
          title={`Take the second factors of ${name} away`}
          action="Take away"
          onClose={() => setAsking(false)}
          onConfirm={async () => {
            await removePersonFactors(person.id)
            await refresh()
            setAsking(false)
            toast(`${name} signs in by the password alone, until they set up anew.`, { icon: "user" })
          }}
        >
          <p>
            For somebody who lost their device. App, passkeys and recovery codes stop working, and the
            password alone is enough: be sure that it is {name} who asks.
          </p>
        </ConfirmDialog>
      )}
    </section>
  )
}

function factorWords({ app, passkeys, codes_left }: FactorsOfPerson): string {
  const has = [
    ...(app ? ["an authenticator app"] : []),
    ...(passkeys > 0 ? [plural(passkeys, "passkey")] : []),
    ...(codes_left !== null ? [`${plural(codes_left, "recovery code")} left`] : []),
  ]
  return has.length > 0 ? `Second factors: ${has.join(", ")}.` : "No second factor is set up."
}
