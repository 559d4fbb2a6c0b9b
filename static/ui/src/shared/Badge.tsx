import type { ReactNode } from "react"

export function Badge({
  kind,
  children,
}: {
  kind?: "accent" | "ok" | "bad" | "warn" | "wait"
  children: ReactNode
}) {
  return <span className={`badge ${kind ?? ""}`}>{children}</span>
}

export function Count({ kind, children }: { kind?: "bad" | "warn"; children: ReactNode }) {
  return <span className={`count ${kind ?? ""}`}>{children}</span>
}
