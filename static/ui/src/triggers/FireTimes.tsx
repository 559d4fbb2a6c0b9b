import { fieldErrors } from "../api/fieldErrors"
import { useDebouncedValue } from "@mantine/hooks"
import { Icon } from "../shared/icons/Icon"
import { Prose } from "../shared/Prose"
import { Skeleton } from "../shared/Skeleton"
import { useFireTimes } from "./api"
import { asLocal } from "./cron"

/** The next ten times of a schedule, and where the clocks change in between; or what is wrong with it. */
export function FireTimes({ cron, zone }: { cron: string; zone: string }) {
  const [wanted] = useDebouncedValue(`${cron}\n${zone}`, 300)
  const [text = "", place = ""] = wanted.split("\n")
  const times = useFireTimes(text, place, Boolean(text.trim() && place.trim()))
  return (
    <section className="fire-times" aria-label="Next times">
      <h3 className="h3">Next times</h3>
      {times.isError ? (
        <p className="err" role="status">
          <Icon name="warn" size={12} />
          <span>
            <Prose text={Object.values(fieldErrors(times.error))[0] ?? times.error.message} />
          </span>
        </p>
      ) : times.data ? (
        <ol className={times.isPlaceholderData ? "is-old" : ""}>
          {times.data.map(({ at, note }) => {
            const { text: local, offset } = asLocal(at)
            return (
              <li key={at}>
                <span className="num">{local}</span>
                <span className="num subtle">{offset}</span>
                {note && (
                  <span className="fire-note">
                    <Icon name="info" size={12} />
                    {note}
                  </span>
                )}
              </li>
            )
          })}
        </ol>
      ) : (
        <Skeleton height={120} />
      )}
    </section>
  )
}
