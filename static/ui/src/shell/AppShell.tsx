import type { ReactNode } from "react"
import { useFollowAccess } from "../api/access"
import { StepUpGate } from "../identity/StepUpGate"
import { Rail } from "./Rail"
import { SignedOut } from "./SignedOut"
import "./AppShell.css"

interface Props {
  /** Work screens (editor, run) take the narrow rail. */
  slim?: boolean
  children: ReactNode
}

/** The frame around every page: skip link, rail, the page itself. */
export function AppShell({ slim = false, children }: Props) {
  useFollowAccess()
  return (
    <>
      <a className="skip" href="#main">
        Skip to the page
      </a>
      <Rail slim={slim} />
      <main className="main" id="main" tabIndex={-1}>
        <SignedOut />
        {children}
      </main>
      <StepUpGate />
    </>
  )
}
