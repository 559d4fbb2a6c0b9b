/** One family of line icons on a 24-unit grid, drawn for this product; stroke 1.75, round joins. */
import type { ReactNode } from "react"

export const GLYPHS = {
  workflow: (
    <>
      <rect x="3" y="4" width="7" height="6" rx="1.5" />
      <rect x="14" y="14" width="7" height="6" rx="1.5" />
      <path d="M10 7h3.5a2 2 0 0 1 2 2v5" />
    </>
  ),
  runs: (
    <>
      <path d="M4 6h9M4 12h6M4 18h8" />
      <path d="m15.5 12.2 5 3.3-5 3.3z" />
    </>
  ),
  template: (
    <>
      <rect x="4" y="4" width="16" height="5" rx="1.5" />
      <rect x="4" y="13" width="7" height="7" rx="1.5" />
      <rect x="15" y="13" width="5" height="7" rx="1.5" />
    </>
  ),
  key: (
    <>
      <circle cx="8" cy="15" r="4" />
      <path d="m11 12 8-8M15.5 7.5l3 3M18 5l2 2" />
    </>
  ),
  lineage: (
    <>
      <circle cx="5" cy="6" r="2" />
      <circle cx="5" cy="18" r="2" />
      <circle cx="19" cy="12" r="2" />
      <path d="M7 6h3a4 4 0 0 1 4 4 2 2 0 0 0 2 2h1M7 18h3a4 4 0 0 0 4-4" />
    </>
  ),
  audit: (
    <>
      <path d="M6 3h9l4 4v14H6z" />
      <path d="M14 3v5h5M9.5 12.5h6M9.5 16.5h4" />
    </>
  ),
  shield: <path d="M12 3 5 5.5v6c0 4.5 3 7.7 7 9.5 4-1.8 7-5 7-9.5v-6z" />,
  shieldcheck: (
    <>
      <path d="M12 3 5 5.5v6c0 4.5 3 7.7 7 9.5 4-1.8 7-5 7-9.5v-6z" />
      <path d="m9 11.5 2.2 2.2L15.2 9.7" />
    </>
  ),
  shieldx: (
    <>
      <path d="M12 3 5 5.5v6c0 4.5 3 7.7 7 9.5 4-1.8 7-5 7-9.5v-6z" />
      <path d="m9.7 9.7 4.6 4.6M14.3 9.7l-4.6 4.6" />
    </>
  ),
  user: (
    <>
      <circle cx="12" cy="8" r="4" />
      <path d="M4.5 20.5c.8-4 3.4-6 7.5-6s6.7 2 7.5 6" />
    </>
  ),
  settings: (
    <>
      <path d="M4 7h9M19 7h1M4 17h1M11 17h9" />
      <circle cx="16" cy="7" r="2.5" />
      <circle cx="8" cy="17" r="2.5" />
    </>
  ),
  search: (
    <>
      <circle cx="11" cy="11" r="6.5" />
      <path d="m20 20-4.3-4.3" />
    </>
  ),
  plus: <path d="M12 5v14M5 12h14" />,
  minus: <path d="M5 12h14" />,
  x: <path d="m6 6 12 12M18 6 6 18" />,
  check: <path d="m5 12.5 4.5 4.5L19 7.5" />,
  down: <path d="m6 9.5 6 6 6-6" />,
  right: <path d="m9.5 6 6 6-6 6" />,
  left: <path d="m14.5 6-6 6 6 6" />,
  up: <path d="m6 14.5 6-6 6 6" />,
  arrow: <path d="M4 12h15M13 6l6 6-6 6" />,
  play: <path d="M7 4.5v15l12.5-7.5z" />,
  pause: <path d="M8.5 5v14M15.5 5v14" />,
  stop: <rect x="6" y="6" width="12" height="12" rx="2" />,
  warn: (
    <>
      <path d="M12 4 2.8 19.5h18.4z" />
      <path d="M12 10v4.5M12 17.2v.1" />
    </>
  ),
  info: (
    <>
      <circle cx="12" cy="12" r="8.5" />
      <path d="M12 11.5V16M12 8v.1" />
    </>
  ),
  clock: (
    <>
      <circle cx="12" cy="12" r="8.5" />
      <path d="M12 7v5l3.5 2" />
    </>
  ),
  retry: <path d="M20 11a8 8 0 1 0-2.3 6.6M20 5v6h-6" />,
  lock: (
    <>
      <rect x="5" y="11" width="14" height="9.5" rx="2" />
      <path d="M8 11V8a4 4 0 0 1 8 0v3" />
    </>
  ),
  eye: (
    <>
      <path d="M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12z" />
      <circle cx="12" cy="12" r="2.8" />
    </>
  ),
  eyeoff: (
    <path d="M10 5.7c.6-.1 1.3-.2 2-.2 6 0 9.5 6.5 9.5 6.5a17 17 0 0 1-2.7 3.4M6.3 7.3A16.5 16.5 0 0 0 2.5 12S6 18.5 12 18.5c2 0 3.8-.7 5.3-1.7M3.5 3.5l17 17" />
  ),
  filter: <path d="M4 6h16M7 12h10M10 18h4" />,
  more: <path d="M5.5 12h.01M12 12h.01M18.5 12h.01" strokeWidth="2.6" />,
  grip: <path d="M9 6h.01M15 6h.01M9 12h.01M15 12h.01M9 18h.01M15 18h.01" strokeWidth="2.4" />,
  undo: (
    <>
      <path d="M8 5 4 9l4 4" />
      <path d="M4 9h10a6 6 0 0 1 0 12h-3" />
    </>
  ),
  redo: (
    <>
      <path d="m16 5 4 4-4 4" />
      <path d="M20 9H10a6 6 0 0 0 0 12h3" />
    </>
  ),
  fit: <path d="M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5" />,
  layout: (
    <>
      <rect x="3" y="9" width="6" height="6" rx="1.5" />
      <rect x="15" y="3.5" width="6" height="6" rx="1.5" />
      <rect x="15" y="14.5" width="6" height="6" rx="1.5" />
      <path d="M9 12h2.5M15 6.5h-1.5a2 2 0 0 0-2 2v7a2 2 0 0 0 2 2H15" />
    </>
  ),
  grid: (
    <>
      <rect x="4" y="4" width="16" height="16" rx="2" />
      <path d="M4 12h16M12 4v16" />
    </>
  ),
  align: (
    <>
      <path d="M4 3v18" />
      <rect x="8" y="6" width="12" height="4" rx="1" />
      <rect x="8" y="14" width="7" height="4" rx="1" />
    </>
  ),
  copy: (
    <>
      <rect x="9" y="9" width="11" height="11" rx="2" />
      <path d="M5.5 15H5a1.5 1.5 0 0 1-1.5-1.5V5A1.5 1.5 0 0 1 5 3.5h8.5A1.5 1.5 0 0 1 15 5v.5" />
    </>
  ),
  trash: <path d="M4 6.5h16M9 6.5V4h6v2.5M6.5 6.5 7.5 20h9l1-13.5M10 10.5v6M14 10.5v6" />,
  download: <path d="M12 4v11M7 10.5l5 5 5-5M4.5 20h15" />,
  upload: <path d="M12 16V5M7 9.5l5-5 5 5M4.5 20h15" />,
  branch: (
    <>
      <circle cx="5" cy="12" r="2" />
      <circle cx="19" cy="5.5" r="2" />
      <circle cx="19" cy="18.5" r="2" />
      <path d="M7 12h3c3 0 2.5-6.5 7-6.5M10 12c3 0 2.5 6.5 7 6.5" />
    </>
  ),
  merge: (
    <>
      <circle cx="19" cy="12" r="2" />
      <circle cx="5" cy="5.5" r="2" />
      <circle cx="5" cy="18.5" r="2" />
      <path d="M7 5.5c4.5 0 4 6.5 7 6.5h3M7 18.5c4.5 0 4-6.5 7-6.5" />
    </>
  ),
  code: <path d="m8 7-5 5 5 5M16 7l5 5-5 5" />,
  globe: (
    <>
      <circle cx="12" cy="12" r="8.5" />
      <path d="M3.5 12h17M12 3.5c5 5.5 5 11.5 0 17M12 3.5c-5 5.5-5 11.5 0 17" />
    </>
  ),
  db: (
    <>
      <ellipse cx="12" cy="5.5" rx="7.5" ry="2.8" />
      <path d="M4.5 5.5v13c0 1.6 3.4 2.8 7.5 2.8s7.5-1.2 7.5-2.8v-13M4.5 12c0 1.6 3.4 2.8 7.5 2.8s7.5-1.2 7.5-2.8" />
    </>
  ),
  file: (
    <>
      <path d="M6 3h8l4.5 4.5V21H6z" />
      <path d="M13.5 3v5h5" />
    </>
  ),
  table: (
    <>
      <rect x="3.5" y="4.5" width="17" height="15" rx="2" />
      <path d="M3.5 10h17M3.5 15h17M10 10v9.5" />
    </>
  ),
  mail: (
    <>
      <rect x="3" y="5" width="18" height="14" rx="2" />
      <path d="m3.5 7 8.5 6 8.5-6" />
    </>
  ),
  usercheck: (
    <>
      <circle cx="10" cy="8" r="4" />
      <path d="M3 20.5c.7-4 3.2-6 7-6 1 0 2 .1 2.8.4M14.5 18.5l2.2 2.2 4.3-4.5" />
    </>
  ),
  sparkles: (
    <path d="M11 4.5 12.8 9.7 18 11.5l-5.2 1.8L11 18.5l-1.8-5.2L4 11.5l5.2-1.8zM18.5 3.5v4M16.5 5.5h4M18.5 17v3.5M16.8 18.7h3.5" />
  ),
  bolt: <path d="M13 3 5 13.5h6L10.5 21 19 10.5h-6.5z" />,
  timer: (
    <>
      <circle cx="12" cy="13" r="7.5" />
      <path d="M12 9v4l2.5 1.5M9.5 2.5h5" />
    </>
  ),
  note: (
    <>
      <path d="M5 4h14v10l-5.5 6H5z" />
      <path d="M19 14h-5.5v6" />
    </>
  ),
  bell: <path d="M6 16V11a6 6 0 0 1 12 0v5l1.5 2h-15zM10 20.5h4" />,
  help: (
    <>
      <circle cx="12" cy="12" r="8.5" />
      <path d="M9.7 9.5a2.4 2.4 0 1 1 3.5 2.1c-.9.5-1.2 1-1.2 2M12 16.5v.1" />
    </>
  ),
  sun: (
    <>
      <circle cx="12" cy="12" r="4" />
      <path d="M12 3v1.5M12 19.5V21M3 12h1.5M19.5 12H21M5.6 5.6l1 1M17.4 17.4l1 1M18.4 5.6l-1 1M6.6 17.4l-1 1" />
    </>
  ),
  moon: <path d="M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z" />,
  compare: (
    <>
      <rect x="3.5" y="4.5" width="7" height="15" rx="1.5" />
      <rect x="13.5" y="4.5" width="7" height="15" rx="1.5" />
    </>
  ),
  history: (
    <>
      <path d="M4 12a8 8 0 1 1 2.3 5.6M4 19v-5h5" />
      <path d="M12 8v4.3l3 1.7" />
    </>
  ),
  external: (
    <path d="M13 5h6v6M19 5l-8.5 8.5M17 14v3.5a1.5 1.5 0 0 1-1.5 1.5H6.5A1.5 1.5 0 0 1 5 17.5v-9A1.5 1.5 0 0 1 6.5 7H10" />
  ),
  link: (
    <path d="M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.7-5.7l-1.2 1.2M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 5.7 5.7l1.2-1.2" />
  ),
  panell: (
    <>
      <rect x="3.5" y="4.5" width="17" height="15" rx="2" />
      <path d="M9 4.5v15" />
    </>
  ),
  panelr: (
    <>
      <rect x="3.5" y="4.5" width="17" height="15" rx="2" />
      <path d="M15 4.5v15" />
    </>
  ),
  panelb: (
    <>
      <rect x="3.5" y="4.5" width="17" height="15" rx="2" />
      <path d="M3.5 14.5h17" />
    </>
  ),
  terminal: (
    <>
      <rect x="3" y="4.5" width="18" height="15" rx="2" />
      <path d="m7 9 3 3-3 3M12.5 15H17" />
    </>
  ),
  cursor: <path d="M6 4l4.5 15 2.7-6.3L19.5 10z" />,
  hand: (
    <path d="M8 12V6.5a1.5 1.5 0 0 1 3 0V11M11 10.5v-5a1.5 1.5 0 0 1 3 0V11M14 11V7a1.5 1.5 0 0 1 3 0v7.5c0 3.5-2 6-5.5 6-3 0-4.3-1.5-6-4.5l-1.5-2.7c-.7-1.3 1-2.4 2-1.3L8 14" />
  ),
  transform: <path d="M4 7h12M12 3l4 4-4 4M20 17H8M12 13l-4 4 4 4" />,
  fx: <path d="M13.5 5c-2.5-1-3.5.5-3.8 3L8.5 17c-.3 2-1.2 2.8-3 2.3M6.5 10.5h6M14 12l5 6.5M19 12l-5 6.5" />,
  calendar: (
    <>
      <rect x="4" y="5" width="16" height="15" rx="2" />
      <path d="M4 10h16M8.5 3v4M15.5 3v4" />
    </>
  ),
  tag: (
    <>
      <path d="M4 4h7.5L20 12.5 12.5 20 4 11.5z" />
      <path d="M8 8h.01" strokeWidth="2.4" />
    </>
  ),
  ban: (
    <>
      <circle cx="12" cy="12" r="8.5" />
      <path d="m6 6 12 12" />
    </>
  ),
  chain: (
    <>
      <rect x="3" y="8.5" width="8" height="7" rx="3.5" />
      <rect x="13" y="8.5" width="8" height="7" rx="3.5" />
      <path d="M9 12h6" />
    </>
  ),
  folder: (
    <path d="M3.5 6.5A1.5 1.5 0 0 1 5 5h4.5l2 2.5H19A1.5 1.5 0 0 1 20.5 9v8.5A1.5 1.5 0 0 1 19 19H5a1.5 1.5 0 0 1-1.5-1.5z" />
  ),
  pin: <path d="M9 4h6l-.7 6 3.2 3.5H6.5L9.7 10zM12 13.5V20.5" />,
  loop: <path d="M20 11a8 8 0 1 0-2.3 6.6M20 5v6h-6" />,
  map: (
    <>
      <rect x="4" y="4" width="5" height="5" rx="1.2" />
      <rect x="4" y="15" width="5" height="5" rx="1.2" />
      <path d="M11.5 6.5H20M11.5 17.5H20M17 3.5l3 3-3 3M17 14.5l3 3-3 3" />
    </>
  ),
  stack: (
    <>
      <path d="m12 3 9 4.5-9 4.5-9-4.5z" />
      <path d="m3.5 12 8.5 4.3 8.5-4.3M3.5 16.5l8.5 4.3 8.5-4.3" />
    </>
  ),
  subflow: (
    <>
      <path d="M7 4h12a1.5 1.5 0 0 1 1.5 1.5V16" />
      <rect x="3.5" y="7.5" width="13.5" height="12.5" rx="1.8" />
      <path d="M7.5 13.7h5M10.5 11.2l2.5 2.5-2.5 2.5" />
    </>
  ),
} satisfies Record<string, ReactNode>

export type GlyphName = keyof typeof GLYPHS
