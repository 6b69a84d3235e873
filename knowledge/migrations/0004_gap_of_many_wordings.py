from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('knowledge', '0003_gaps_to_questions'),
    ]

    operations = [
        migrations.RemoveField(
            model_name='gap',
            name='fingerprint',
        ),
    ]
