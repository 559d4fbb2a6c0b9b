/** WebAuthn with the bytes as the server writes them: base64url. */

type Json = Record<string, unknown>

function bytes(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"))
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0))
}

function text(buffer: ArrayBuffer): string {
  const plain = String.fromCharCode(...new Uint8Array(buffer))
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "")
}

interface Listed {
  id: string
  type: "public-key"
}

const listed = (items: unknown) =>
  ((items ?? []) as Listed[]).map((item) => ({ ...item, id: bytes(item.id) }))

export const hasPasskeys = () => typeof PublicKeyCredential !== "undefined"

/** Has the browser make a passkey. Throws when the person leaves, or has one of these already. */
export async function makePasskey(options: Json): Promise<Json> {
  const asked = options.publicKey as PublicKeyCredentialCreationOptions & {
    challenge: unknown
    user: { id: unknown }
  }
  const made = await navigator.credentials.create({
    publicKey: {
      ...asked,
      challenge: bytes(asked.challenge as unknown as string),
      user: { ...asked.user, id: bytes(asked.user.id as unknown as string) },
      excludeCredentials: listed(asked.excludeCredentials),
    },
  })
  const credential = made as PublicKeyCredential
  const response = credential.response as AuthenticatorAttestationResponse
  return {
    ...common(credential),
    response: {
      clientDataJSON: text(response.clientDataJSON),
      attestationObject: text(response.attestationObject),
      transports: response.getTransports(),
    },
  }
}

/** Has the browser use a passkey. Throws when the person leaves, or has none of these. */
export async function answerPasskey(options: Json): Promise<Json> {
  const asked = options.publicKey as PublicKeyCredentialRequestOptions
  const found = await navigator.credentials.get({
    publicKey: {
      ...asked,
      challenge: bytes(asked.challenge as unknown as string),
      allowCredentials: listed(asked.allowCredentials),
    },
  })
  const credential = found as PublicKeyCredential
  const response = credential.response as AuthenticatorAssertionResponse
  return {
    ...common(credential),
    response: {
      clientDataJSON: text(response.clientDataJSON),
      authenticatorData: text(response.authenticatorData),
      signature: text(response.signature),
      userHandle: response.userHandle ? text(response.userHandle) : null,
    },
  }
}

const common = (credential: PublicKeyCredential): Json => ({
  id: credential.id,
  rawId: text(credential.rawId),
  type: credential.type,
  authenticatorAttachment: credential.authenticatorAttachment,
  clientExtensionResults: credential.getClientExtensionResults(),
})
