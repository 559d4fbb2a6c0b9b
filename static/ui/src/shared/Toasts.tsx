import { Icon } from "./icons/Icon"
import { dismissToast, useToasts } from "./toast"
import "./Toasts.css"

export function Toasts() {
  const toasts = useToasts((state) => state.toasts)
  return (
    <div className="toasts" role="status" aria-live="polite">
      {toasts.map(({ id, text, icon, action }) => (
        <div key={id} className="toast">
          <Icon name={icon} />
          <span>{text}</span>
          {action && (
            <button
              type="button"
              className="toast-act"
              onClick={() => {
                action.run()
                dismissToast(id)
              }}
            >
              {action.label}
            </button>
          )}
        </div>
      ))}
    </div>
  )
}
