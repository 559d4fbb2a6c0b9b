import { api, body } from "../api/client"
import type { components } from "../api/schema"
import { answerPasskey } from "./passkeys"

export type ProofState = components["schemas"]["ProofState"]
type ProofGiven = components["schemas"]["ProofGiven"]

export function giveProof(given: ProofGiven): Promise<ProofState> {
  return body<ProofState>(api.POST("/api/v1/me/step-up/", { body: given }))
}

/** Asks the browser for a passkey of this person, and gives it. */
export async function givePasskey(): Promise<ProofState> {
  const { options } = await body<{ options: Record<string, unknown> }>(
    api.POST("/api/v1/me/step-up/passkey/", {}),
  )
  return giveProof({ credential: await answerPasskey(options) })
}
