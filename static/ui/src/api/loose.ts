import { api } from "./client"

interface Init {
  params?: { path?: Record<string, unknown>; query?: Record<string, unknown> }
  body?: unknown
  signal?: AbortSignal
}

type Call = (path: string, init: Init) => Promise<{ data?: unknown }>

/** The client for bodies that carry JSON Schema or open values, whose names the caller gives. */
export const loose = api as unknown as Record<"GET" | "POST" | "PUT" | "PATCH" | "DELETE", Call>
