from django.db import migrations


def keep_wordings(apps, schema_editor):
    """Each gap of before was one wording: it becomes that question, with its count on the day it was asked last."""
    gap_model, question_model, day_model = (
        apps.get_model("knowledge", name) for name in ("Gap", "Question", "QuestionDay")
    )
    for gap in gap_model.objects.all():
        asked = question_model.objects.create(
            fingerprint=gap.fingerprint,
            language=gap.language,
            text=gap.question,
            gap=gap,
            count=gap.count,
            conversation=gap.conversation,
            first_asked_at=gap.created_at,
            last_asked_at=gap.last_asked_at,
        )
        day_model.objects.create(
            question=asked, day=gap.last_asked_at.date(), channel=gap.channel, count=gap.count
        )


class Migration(migrations.Migration):

    dependencies = [
        ("knowledge", "0002_questions"),
    ]

    operations = [
        migrations.RunPython(keep_wordings, migrations.RunPython.noop),
    ]
