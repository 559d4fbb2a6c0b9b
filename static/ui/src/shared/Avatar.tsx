/** Initials on a hue that is always the same for the same name. */
export function Avatar({ name, square }: { name: string; square?: boolean }) {
  return (
    <span
      className={`avatar${square ? " sq" : ""}`}
      style={{ ["--h" as string]: hueOf(name) }}
      aria-hidden="true"
    >
      {initialsOf(name)}
    </span>
  )
}

export function initialsOf(name: string): string {
  const words = name
    .trim()
    .split(/[\s._-]+/)
    .filter(Boolean)
  const [first = "?", last] = [words[0], words.length > 1 ? words.at(-1) : undefined]
  return (last ? first.charAt(0) + last.charAt(0) : first.slice(0, 2)).toUpperCase()
}

export function hueOf(name: string): number {
  let hash = 7
  for (const char of name) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) % 3600
  return Math.round(hash / 10)
}
