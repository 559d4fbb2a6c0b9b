import { Component, type ErrorInfo, type ReactNode } from "react"
import { Button } from "../shared/Button"
import { EmptyState } from "../shared/EmptyState"

interface State {
  error: Error | null
}

/** Keeps a page that broke from taking the rail with it. */
export class ErrorBoundary extends Component<{ children: ReactNode }, State> {
  override state: State = { error: null }

  static getDerivedStateFromError(error: Error): State {
    return { error }
  }

  override componentDidCatch(error: Error, info: ErrorInfo): void {
    console.error("The page broke", error, info.componentStack)
  }

  override render(): ReactNode {
    const { error } = this.state
    if (!error) return this.props.children
    return (
      <div className="page" role="alert">
        <EmptyState
          icon="warn"
          title="This page broke"
          action={
            <Button variant="primary" onClick={() => location.reload()}>
              Load it again
            </Button>
          }
        >
          The rest of the workspace works; nothing you saved is lost. What happened:{" "}
          <code>{error.message}</code>
        </EmptyState>
      </div>
    )
  }
}
