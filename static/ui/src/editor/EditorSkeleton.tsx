import { Skeleton, SkeletonRows } from "../shared/Skeleton"
import "./EditorView.css"

/** The editor's frame while its workflow is read. */
export function EditorSkeleton() {
  return (
    <>
      <div className="topbar">
        <Skeleton width={220} />
      </div>
      <div className="work" aria-busy="true">
        <aside className="panel library">
          <div className="lib-list">
            <SkeletonRows rows={8} height={32} />
          </div>
        </aside>
        <section className="stage">
          <div className="toolbar" />
          <div className="canvas" />
        </section>
        <aside className="panel inspector" />
      </div>
    </>
  )
}
