import { QueryClient } from "@tanstack/react-query"
import { ApiProblem } from "./problem"

/** Old data stays on the screen while new is fetched; refusals are not asked again. */
export const newQueryClient = () =>
  new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        refetchOnWindowFocus: true,
        retry: (failures, error) => error instanceof ApiProblem && error.isOffline && failures < 3,
      },
      mutations: { retry: false },
    },
  })

export const queryClient = newQueryClient()
