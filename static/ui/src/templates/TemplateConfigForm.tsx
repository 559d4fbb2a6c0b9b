import { useQuery } from "@tanstack/react-query"
import { useMemo } from "react"
import type { FieldErrors } from "../api/fieldErrors"
import type { Template } from "../api/types"
import { datasetNames } from "../inspector/datasetNames"
import { plainContext, type FormContext } from "../inspector/FormContext"
import { SchemaForm } from "../inspector/SchemaForm"
import { SkeletonRows } from "../shared/Skeleton"
import { LoadError } from "../shell/LoadError"
import { useTemplateDetail } from "./api"
import "../inspector/Inspector.css"
import { problemsOfConfig, withSetting, type Config } from "./config"

interface Props {
  template: Template
  config: Config
  errors: FieldErrors
  onChange: (config: Config) => void
}

/** What a template works on: drawn from what its configuration may be, with the workspace's datasets and credentials. */
export default function TemplateConfigForm({ template, config, errors, onChange }: Props) {
  const detail = useTemplateDetail(template.key)
  const datasets = useQuery({ queryKey: ["datasets", "names"], queryFn: datasetNames })
  const context = useMemo<FormContext>(
    () => ({ ...plainContext(problemsOfConfig(errors), false), datasets: datasets.data ?? [] }),
    [errors, datasets.data],
  )
  if (detail.isPending) return <SkeletonRows rows={4} height={28} />
  if (detail.isError)
    return <LoadError what="its settings" error={detail.error} onRetry={() => void detail.refetch()} />
  const schema = detail.data.config_schema
  return (
    <div className="form tp-form">
      <SchemaForm
        schema={schema}
        root={schema}
        value={config}
        context={context}
        onChange={(key, value) => onChange(withSetting(config, key, value))}
      />
    </div>
  )
}
