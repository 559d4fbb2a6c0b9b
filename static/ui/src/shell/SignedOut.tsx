import { useQueryClient } from "@tanstack/react-query"
import { useEffect, useState } from "react"
import { ApiProblem } from "../api/problem"
import { Icon } from "../shared/icons/Icon"

/** Says so as soon as any answer shows that the session has ended; the page stays as it was. */
export function SignedOut() {
  const client = useQueryClient()
  const [ended, setEnded] = useState<ApiProblem | null>(null)
  useEffect(() => {
    const look = (error: unknown) => {
      if (error instanceof ApiProblem && error.status === 401) setEnded(error)
    }
    const stopQueries = client.getQueryCache().subscribe((event) => look(event.query.state.error))
    const stopMutations = client.getMutationCache().subscribe((event) => look(event.mutation?.state.error))
    return () => {
      stopQueries()
      stopMutations()
    }
  }, [client])
  if (!ended) return null
  return (
    <div className="signed-out" role="alert">
      <Icon name="lock" size={14} />
      {ended.code === "deactivated" ? ended.message : "You are signed out."}
      <a
        className="linkish"
        href={`/sign-in/?next=${encodeURIComponent(location.pathname + location.search)}`}
      >
        Sign in again
      </a>
    </div>
  )
}
