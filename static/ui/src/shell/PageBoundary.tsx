import { Suspense, type ReactNode } from "react"
import { useLocation } from "wouter"
import { SkeletonRows } from "../shared/Skeleton"
import { ErrorBoundary } from "./ErrorBoundary"

/** Around every page: a skeleton while its code comes, its own error when it breaks; moving on clears that. */
export function PageBoundary({ children }: { children: ReactNode }) {
  const [path] = useLocation()
  return (
    <ErrorBoundary key={path}>
      <Suspense fallback={<PageSkeleton />}>{children}</Suspense>
    </ErrorBoundary>
  )
}

function PageSkeleton() {
  return (
    <>
      <div className="topbar" />
      <div className="page">
        <div className="pad">
          <SkeletonRows />
        </div>
      </div>
    </>
  )
}
