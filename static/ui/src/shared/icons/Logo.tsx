/** Two mitred gate leaves, closed against the stream, with a keyhole for the gap. */
export function Logo() {
  return (
    <svg className="logo" viewBox="0 0 32 32" aria-hidden="true">
      <path
        className="leaf-a"
        d="M4 7.6c0-.9.6-1.7 1.5-1.9l8-2.1c.8-.2 1.5.4 1.5 1.2v6.1a3.7 3.7 0 0 0-1.4 6l-.5 4.4c-.1.6.4 1.1 1 1.1h.9v4.8c0 .8-.7 1.4-1.5 1.2l-8-2.1A2 2 0 0 1 4 24.4z"
      />
      <path
        className="leaf-b"
        d="M28 7.6c0-.9-.6-1.7-1.5-1.9l-8-2.1c-.8-.2-1.5.4-1.5 1.2v6.1a3.7 3.7 0 0 1 1.4 6l.5 4.4c.1.6-.4 1.1-1 1.1H17v4.8c0 .8.7 1.4 1.5 1.2l8-2.1a2 2 0 0 0 1.5-1.9z"
      />
    </svg>
  )
}
