import { create } from "zustand"
import { problemFrom, type ApiProblem } from "./problem"

/** A request that goes on once the person proved who they are. */
export interface WaitingProof {
  readonly message: string
  /** How it can be proved: totp, passkey, recovery_code, password. */
  readonly methods: readonly string[]
  readonly settle: (given: boolean) => void
}

export const useWaitingProof = create<{ waiting: WaitingProof | null }>(() => ({ waiting: null }))

let asked: Promise<boolean> | null = null

/** Whether the person proved it; requests that need it at the same time ask once. */
export function askForProof(message: string, methods: readonly string[]): Promise<boolean> {
  asked ??= new Promise<boolean>((resolve) => {
    const settle = (given: boolean) => {
      asked = null
      useWaitingProof.setState({ waiting: null })
      resolve(given)
    }
    useWaitingProof.setState({ waiting: { message, methods, settle } })
  })
  return asked
}

/** Ways to prove it now, when that is what an answer asks for; none otherwise. */
export function methodsAsked(problem: ApiProblem): readonly string[] {
  const methods = problem.code === "step_up_needed" ? problem.body.methods : null
  return Array.isArray(methods) ? methods.filter((item) => typeof item === "string") : []
}

/** `fetch`, which asks for fresh proof where the server wants it and then sends the request again. */
export async function fetchProved(request: Request): Promise<Response> {
  const again = request.clone()
  const response = await fetch(request)
  if (response.status !== 403) return response
  const problem = await problemFrom(response.clone())
  const methods = methodsAsked(problem)
  if (methods.length === 0 || !(await askForProof(problem.message, methods))) return response
  return fetch(again)
}
