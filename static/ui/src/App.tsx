import { lazy } from "react"
import { Redirect, Route, Switch } from "wouter"
import { AppShell } from "./shell/AppShell"
import { PageBoundary } from "./shell/PageBoundary"

const WorkflowsPage = lazy(() => import("./workflows/WorkflowsPage"))
const EditorPage = lazy(() => import("./editor/EditorPage"))
const TemplatesPage = lazy(() => import("./templates/TemplatesPage"))
const RunsPage = lazy(() => import("./runs/RunsPage"))
const RunPage = lazy(() => import("./runs/RunPage"))
const DatasetsPage = lazy(() => import("./datasets/DatasetsPage"))
const TriggersPage = lazy(() => import("./triggers/TriggersPage"))
const LineagePage = lazy(() => import("./lineage/LineagePage"))
const CredentialsPage = lazy(() => import("./credentials/CredentialsPage"))
const NoticesPage = lazy(() => import("./notices/NoticesPage"))
const ApprovalsPage = lazy(() => import("./approvals/ApprovalsPage"))
const MaskingPage = lazy(() => import("./masking/MaskingPage"))
const PoliciesPage = lazy(() => import("./policies/PoliciesPage"))
const PolicyPage = lazy(() => import("./policies/PolicyPage"))
const RequestsPage = lazy(() => import("./requests/RequestsPage"))
const CompliancePage = lazy(() => import("./compliance/CompliancePage"))
const AlertsPage = lazy(() => import("./compliance/AlertsPage"))
const ReportsPage = lazy(() => import("./compliance/ReportsPage"))
const AuditPage = lazy(() => import("./audit/AuditPage"))
const IdentityPage = lazy(() => import("./identity/IdentityPage"))
const PeoplePage = lazy(() => import("./people/PeoplePage"))
const RolesPage = lazy(() => import("./roles/RolesPage"))
const AttributesPage = lazy(() => import("./attributes/AttributesPage"))
const AccountPage = lazy(() => import("./account/AccountPage"))
const NotFoundPage = lazy(() => import("./shell/NotFoundPage"))

/** One address, one page. Each page is fetched when it is first opened. */
export function App() {
  return (
    <Switch>
      <Route path="/">
        <Redirect to="/workflows" replace />
      </Route>
      <Route path="/workflows/:id">
        {({ id }) => (
          <AppShell slim>
            <PageBoundary key={id}>
              <EditorPage id={id} />
            </PageBoundary>
          </AppShell>
        )}
      </Route>
      <Route path="/runs/:id">
        {({ id }) => (
          <AppShell slim>
            <PageBoundary key={id}>
              <RunPage id={id} />
            </PageBoundary>
          </AppShell>
        )}
      </Route>
      <Route path="/policies/:id">
        {({ id }) => (
          <AppShell slim>
            <PageBoundary key={id}>
              <PolicyPage id={id} />
            </PageBoundary>
          </AppShell>
        )}
      </Route>
      <Route path="/lineage">
        <AppShell slim>
          <PageBoundary>
            <LineagePage />
          </PageBoundary>
        </AppShell>
      </Route>
      <Route>
        <AppShell>
          <PageBoundary>
            <Switch>
              <Route path="/workflows" component={WorkflowsPage} />
              <Route path="/templates" component={TemplatesPage} />
              <Route path="/runs" component={RunsPage} />
              <Route path="/datasets" component={DatasetsPage} />
              <Route path="/approvals" component={ApprovalsPage} />
              <Route path="/triggers" component={TriggersPage} />
              <Route path="/credentials" component={CredentialsPage} />
              <Route path="/policies" component={PoliciesPage} />
              <Route path="/masking" component={MaskingPage} />
              <Route path="/requests" component={RequestsPage} />
              <Route path="/compliance" component={CompliancePage} />
              <Route path="/compliance/alerts" component={AlertsPage} />
              <Route path="/compliance/reports" component={ReportsPage} />
              <Route path="/audit" component={AuditPage} />
              <Route path="/notices" component={NoticesPage} />
              <Route path="/identity" component={IdentityPage} />
              <Route path="/people" component={PeoplePage} />
              <Route path="/people/roles" component={RolesPage} />
              <Route path="/people/attributes" component={AttributesPage} />
              <Route path="/account" component={AccountPage} />
              <Route component={NotFoundPage} />
            </Switch>
          </PageBoundary>
        </AppShell>
      </Route>
    </Switch>
  )
}
