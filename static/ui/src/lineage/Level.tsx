import { useLevels } from "../access/api"
import { LevelBars } from "../policies/builder/LevelBars"

/** How sensitive something is: bars, and the name of the level. */
export function Level({ level }: { level: string }) {
  const levels = useLevels()
  return (
    <span className="row g1 xs muted end nowrap">
      <LevelBars level={level} levels={levels} />
      {levels.find(({ key }) => key === level)?.label ?? level}
    </span>
  )
}
