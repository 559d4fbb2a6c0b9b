import type { Template } from "../api/types"
import { Badge } from "../shared/Badge"
import { Button } from "../shared/Button"
import { plural } from "../shared/format"
import { CATEGORIES } from "./categories"
import { TemplatePicture } from "./TemplatePicture"

interface Props {
  template: Template
  mayCreate: boolean
  onUse: () => void
}

/** One template: its picture, what it does, and a way to begin with it. */
export function TemplateCard({ template, mayCreate, onUse }: Props) {
  const title = `template-${template.key}`
  return (
    <article className="card tp-card" aria-labelledby={title}>
      <div className="tp-ground">
        <TemplatePicture template={template} />
      </div>
      <div className="tp-words">
        <h2 id={title}>{template.title}</h2>
        <p className="muted">{template.summary}</p>
      </div>
      <footer className="row g2">
        <Badge>{CATEGORIES[template.category]}</Badge>
        <span className="xs subtle">{plural(template.steps.length, "step")}</span>
        {mayCreate && (
          <span className="end">
            <Button size="sm" onClick={onUse} aria-label={`Use template ${template.title}`}>
              Use template
            </Button>
          </span>
        )}
      </footer>
    </article>
  )
}
