from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("conversations", "0008_continuity_lines"),
    ]

    operations = [
        migrations.AddField(
            model_name="move",
            name="left_context",
            field=models.JSONField(blank=True, default=dict, help_text="the conversation's, at the place it left"),
        ),
        migrations.AddField(
            model_name="move",
            name="left_thread",
            field=models.CharField(
                blank=True, default="", help_text="the conversation's, at the place it left", max_length=64
            ),
            preserve_default=False,
        ),
    ]
