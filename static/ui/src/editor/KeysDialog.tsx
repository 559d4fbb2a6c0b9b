import { Button } from "../shared/Button"
import { Dialog } from "../shared/Dialog"

const KEYS: [string, [string, string][]][] = [
  [
    "Anywhere",
    [
      ["/", "Find a node type"],
      ["[  ]", "Library, inspector"],
      ["Ctrl J", "Problems"],
      ["Ctrl Enter", "Run"],
      ["?", "These keys"],
    ],
  ],
  [
    "On the canvas",
    [
      ["Tab", "Next step in the order of flow"],
      ["Arrows", "Along the wires"],
      ["Shift arrows", "Move"],
      ["Enter", "Open the step; into a frame"],
      ["Alt Enter", "Open a frame's settings"],
      ["Esc", "Out of a frame, then select nothing"],
      ["Shift Enter", "Run to the step"],
      ["P", "Pin its last output, or unpin"],
      ["Shift F10", "All actions of the step"],
      ["C", "Connect from a list"],
      ["1  2", "Fit all, fit the selection"],
      ["+  -", "Zoom"],
      ["V  H", "Select, pan"],
      ["T", "Tidy"],
      ["O", "Outline"],
    ],
  ],
  [
    "Edit",
    [
      ["Ctrl Z", "Undo"],
      ["Ctrl Shift Z", "Redo"],
      ["Ctrl D", "Duplicate"],
      ["Ctrl C  Ctrl V", "Copy and paste as JSON"],
      ["Ctrl A", "Select all"],
      ["Del", "Delete"],
    ],
  ],
]

export default function KeysDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog open onClose={onClose} title="Keys" width={620} footer={<Button onClick={onClose}>Close</Button>}>
      <div className="keys-sheet">
        {KEYS.map(([title, keys]) => (
          <section key={title}>
            <h3 className="h3">{title}</h3>
            <dl>
              {keys.map(([key, does]) => (
                <div key={key} className="row">
                  <dt>
                    <kbd>{key}</kbd>
                  </dt>
                  <dd>{does}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  )
}
