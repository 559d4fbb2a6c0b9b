"""What the ORM cannot say: history and versions never change, and a run's row has room to be rewritten."""

from django.db import migrations

FORBID = """
CREATE FUNCTION forbid_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % never change', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER run_event_append_only BEFORE UPDATE ON run_event
    FOR EACH ROW EXECUTE FUNCTION forbid_change();
CREATE TRIGGER workflow_version_immutable
    BEFORE UPDATE OF workflow_id, tenant_id, number, graph, hash ON workflow_version
    FOR EACH ROW EXECUTE FUNCTION forbid_change();
"""
ALLOW = """
DROP TRIGGER workflow_version_immutable ON workflow_version;
DROP TRIGGER run_event_append_only ON run_event;
DROP FUNCTION forbid_change();
"""


class Migration(migrations.Migration):
    dependencies = [("runtime", "0001_initial")]
    operations = [
        migrations.RunSQL(FORBID, ALLOW),
        # The row is updated in every commit of the run; free space in its page keeps that in place.
        migrations.RunSQL("ALTER TABLE run SET (fillfactor = 60)", "ALTER TABLE run RESET (fillfactor)"),
    ]
