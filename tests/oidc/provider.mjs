// A real OpenID provider on loopback. Who signs in types a name of PEOPLE, any password; what is said of them is
// read from that file at each sign-in. Prints the issuer once it listens.
import { readFileSync } from "node:fs"
import Provider from "oidc-provider"

const { PEOPLE, RETURN_TO, CLIENT_ID, CLIENT_SECRET, PORT } = process.env
const issuer = `http://127.0.0.1:${PORT}`
const people = () => JSON.parse(readFileSync(PEOPLE, "utf8"))

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: CLIENT_ID,
      client_secret: CLIENT_SECRET,
      redirect_uris: [RETURN_TO],
      grant_types: ["authorization_code"],
      response_types: ["code"],
    },
  ],
  claims: {
    openid: ["sub"],
    email: ["email", "email_verified"],
    profile: ["name"],
    work: ["groups", "clearance"],
  },
  scopes: ["openid", "email", "profile", "work"],
  pkce: { required: () => true },
  cookies: { keys: ["only-for-tests"] },
  findAccount: (_, id) => (id in people() ? { accountId: id, claims: () => ({ sub: id, ...people()[id] }) } : undefined),
  // Nobody is asked twice: whoever signs in agrees.
  loadExistingGrant: async (ctx) => {
    const { client, session, provider: here, params } = ctx.oidc
    const grant = new here.Grant({ clientId: client.clientId, accountId: session.accountId })
    grant.addOIDCScope(params.scope)
    await grant.save()
    return grant
  },
})
provider.listen(Number(PORT), "127.0.0.1", () => console.log(issuer))
