from django.db import migrations

import spellhub.ordered_json


def take_trigger_out(apps, schema_editor):
    """PostgreSQL does not change the type of a column that a trigger looks at.

    Every trigger is put back after migrating.
    """
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            'DROP TRIGGER IF EXISTS "spell_version_is_immutable" ON "casts_spellversion"'
        )


class Migration(migrations.Migration):
    dependencies = [("casts", "0002_richer_definitions")]

    operations = [
        migrations.RunPython(take_trigger_out, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="spellversion",
            name="definition",
            field=spellhub.ordered_json.OrderedJSONField(),
        ),
    ]
