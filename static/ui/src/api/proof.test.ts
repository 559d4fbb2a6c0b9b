import { afterEach, describe, expect, it, vi } from "vitest"
import { fetchProved, useWaitingProof } from "./proof"

function refusal(methods: string[], code = "step_up_needed"): Response {
  return new Response(JSON.stringify({ code, detail: "Prove it.", methods }), {
    status: 403,
    headers: { "content-type": "application/problem+json" },
  })
}

const post = () => new Request("http://localhost/api/x", { method: "POST", body: "{}" })
const waiting = () => vi.waitFor(() => useWaitingProof.getState().waiting ?? Promise.reject(new Error()))

afterEach(() => vi.unstubAllGlobals())

describe("a request that needs fresh proof", () => {
  it("is sent again, with its body, once it was given", async () => {
    const bodies: string[] = []
    const answers = [refusal(["totp"]), new Response("{}", { status: 201 })]
    vi.stubGlobal("fetch", async (request: Request) => {
      bodies.push(await request.text())
      return answers.shift()
    })

    const answer = fetchProved(post())
    ;(await waiting()).settle(true)

    expect((await answer).status).toBe(201)
    expect(bodies).toEqual(["{}", "{}"])
  })

  it("stays refused when the person does not give it", async () => {
    vi.stubGlobal("fetch", () => Promise.resolve(refusal(["totp"])))

    const answer = fetchProved(post())
    ;(await waiting()).settle(false)

    expect((await answer).status).toBe(403)
  })

  it("asks once for several at the same time", async () => {
    const answers = [refusal(["totp"]), refusal(["totp"]), new Response(), new Response()]
    vi.stubGlobal("fetch", () => Promise.resolve(answers.shift()))

    const both = [fetchProved(post()), fetchProved(post())]
    ;(await waiting()).settle(true)

    expect((await Promise.all(both)).map((answer) => answer.status)).toEqual([200, 200])
  })

  it.each([refusal([]), refusal(["totp"], "forbidden")])("is refused as ever otherwise", async (answer) => {
    vi.stubGlobal("fetch", () => Promise.resolve(answer))

    expect((await fetchProved(post())).status).toBe(403)
    expect(useWaitingProof.getState().waiting).toBeNull()
  })
})
