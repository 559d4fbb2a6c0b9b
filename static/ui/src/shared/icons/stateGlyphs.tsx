/** Eight states, eight silhouettes: they are told apart without colour. */
import type { ReactNode } from "react"
import type { Status } from "../status"

export const STATE_GLYPHS: Record<Status, ReactNode> = {
  pending: <circle cx="12" cy="12" r="7.5" strokeDasharray="2.6 2.6" />,
  running: (
    <>
      <path d="M12 3.5a8.5 8.5 0 1 1-8.5 8.5" className="spin" />
      <path d="M10 8.5v7l5.5-3.5z" fill="currentColor" stroke="none" />
    </>
  ),
  retrying: (
    <>
      <path d="M20 11a8 8 0 1 0-2.3 6.6M20.5 5v6h-6" />
      <path d="M12 8v4.5M12 15.7v.1" />
    </>
  ),
  waiting: <path d="M7 3.5h10M7 20.5h10M8 3.5v3.8L12 12l4-4.7V3.5M8 20.5v-3.8L12 12l4 4.7v3.8" />,
  succeeded: (
    <>
      <circle cx="12" cy="12" r="9" fill="currentColor" stroke="none" />
      <path d="m8 12.3 2.8 2.8L16 9.5" stroke="var(--cut, var(--bg-surface))" strokeWidth="2.2" />
    </>
  ),
  failed: (
    <>
      <path d="M12 3 21 12 12 21 3 12z" fill="currentColor" strokeWidth="2" />
      <path d="m9.3 9.3 5.4 5.4M14.7 9.3l-5.4 5.4" stroke="var(--cut, var(--bg-surface))" strokeWidth="2.1" />
    </>
  ),
  skipped: <path d="M4 6.5v11l7-5.5zM12.5 6.5v11l7-5.5z" />,
  cancelled: (
    <>
      <rect x="4" y="4" width="16" height="16" rx="3.5" />
      <path d="M8 16 16 8" />
    </>
  ),
}
