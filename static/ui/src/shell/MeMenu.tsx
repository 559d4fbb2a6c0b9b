import { useRef } from "react"
import { useLocation } from "wouter"
import { csrfToken } from "../api/client"
import { useMe } from "../api/me"
import { Avatar } from "../shared/Avatar"
import { Icon } from "../shared/icons/Icon"
import { Menu } from "../shared/Menu"
import { useTheme } from "../shared/hooks/useTheme"
import { themeItems } from "./themes"

/** The signed-in person, and what they can do about themselves. */
export function MeMenu({ slim }: { slim: boolean }) {
  const me = useMe()
  const [, navigate] = useLocation()
  const { theme, setTheme } = useTheme()
  const form = useRef<HTMLFormElement>(null)
  const name = me?.name || me?.email || ""
  const leave = () => {
    const field = form.current?.elements.namedItem("csrfmiddlewaretoken")
    if (field instanceof HTMLInputElement) field.value = csrfToken()
    form.current?.submit()
  }
  return (
    <>
      <Menu
        align="start"
        items={[
          { label: "Account", icon: "user", onSelect: () => navigate("/account") },
          ...themeItems(theme, setTheme),
          { label: "Sign out", icon: "arrow", separate: true, onSelect: leave },
        ]}
      >
        <button type="button" className="me">
          <Avatar name={name} />
          {!slim && (
            <span>
              <b className="cut">{name || " "}</b>
              <small className="cut">{me?.roles.map((role) => role.label).join(", ")}</small>
            </span>
          )}
          {!slim && <Icon name="more" />}
          <span className="sr">{slim && name} account, theme, sign out</span>
        </button>
      </Menu>
      <form ref={form} method="post" action="/sign-out/" hidden>
        <input type="hidden" name="csrfmiddlewaretoken" />
      </form>
    </>
  )
}
