import { Modal } from "@mantine/core"
import type { FormEvent, ReactNode } from "react"
import "./Dialog.css"

interface Props {
  open: boolean
  onClose: () => void
  title: string
  children: ReactNode
  /** Buttons, the main one last. */
  footer: ReactNode
  /** Makes the dialog a form: Enter in a field submits. */
  onSubmit?: () => void
  width?: number
}

/** The one dialog of the product: names the effect, Esc leaves, focus stays inside and goes back. */
export function Dialog({ open, onClose, title, children, footer, onSubmit, width = 460 }: Props) {
  const submit = (event: FormEvent) => {
    event.preventDefault()
    event.stopPropagation() // not to the form of what opened it, which React counts as around it
    onSubmit?.()
  }
  const body = (
    <>
      <div className="body">{children}</div>
      <footer>{footer}</footer>
    </>
  )
  return (
    <Modal
      opened={open}
      onClose={onClose}
      title={title}
      size={width}
      centered
      withCloseButton={false}
      lockScroll={false} // the page itself never scrolls, and the lock would add a style element without a nonce
      zIndex="var(--z-dialog)"
      transitionProps={{ duration: 160, transition: "fade" }}
      classNames={{
        content: "dialog",
        header: "dialog-head",
        title: "dialog-title",
        body: "dialog-in",
        overlay: "dialog-scrim",
      }}
    >
      {onSubmit ? (
        // what is wrong with a field stands at the field, in our words
        <form noValidate onSubmit={submit}>
          {body}
        </form>
      ) : (
        body
      )}
    </Modal>
  )
}
