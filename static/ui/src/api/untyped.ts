import { api } from "./client"

type Call = (path: string, init?: object) => Promise<{ data?: unknown }>

/** The client for addresses that the generated types don't have. */
export const untyped = api as unknown as Record<"GET" | "POST" | "PUT" | "PATCH", Call>
