"""Invitations belong to a sending, which outlives them. No questionnaire could be sent before: the table was empty."""

import django.db.models.deletion
import evaluation.models.answers
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("activities", "0004_proposal_discussion"),
        ("evaluation", "0001_initial"),
    ]

    operations = [
        migrations.DeleteModel(name="Invitation"),
        migrations.CreateModel(
            name='Sending',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('label', models.CharField(blank=True, max_length=80, verbose_name='à qui')),
                ('invited', models.PositiveIntegerField(default=0, editable=False)),
                ('starts_on', models.DateField(verbose_name='premier envoi le')),
                ('last_sent_on', models.DateField(editable=False, null=True)),
                ('closes_on', models.DateField(blank=True, null=True, verbose_name='se clôt le')),
                ('closed_on', models.DateField(editable=False, null=True)),
                ('session', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='activities.session')),
            ],
            options={
                'verbose_name': 'envoi',
                'ordering': ['-starts_on', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('email', models.EmailField(max_length=254)),
                ('token_hash', models.CharField(default=evaluation.models.answers.new_token_hash, max_length=64, unique=True)),
                ('answered', models.BooleanField(default=False)),
                ('sent_times', models.PositiveSmallIntegerField(default=0)),
                ('last_sent_on', models.DateField(null=True)),
                ('sending', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='evaluation.sending')),
            ],
            options={
                'verbose_name': 'invitation',
            },
        ),
        migrations.AddField(
            model_name='sending',
            name='survey',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sendings', to='evaluation.survey'),
        ),
        migrations.AddField(
            model_name='survey',
            name='conclusion',
            field=models.TextField(blank=True, max_length=5000, verbose_name='ce que nous en retenons'),
        ),
        migrations.AddField(
            model_name='survey',
            name='reminder_days',
            field=models.PositiveSmallIntegerField(default=7, verbose_name='jours entre deux relances'),
        ),
        migrations.AddIndex(
            model_name='invitation',
            index=models.Index(fields=['email', 'last_sent_on'], name='evaluation__email_fcec3c_idx'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.UniqueConstraint(fields=('sending', 'email'), name='invitation_once_per_person', violation_error_message='Cette adresse est déjà dans la liste.'),
        ),
        migrations.AddConstraint(
            model_name='sending',
            constraint=models.UniqueConstraint(condition=models.Q(('session__isnull', False)), fields=('survey', 'session'), name='sending_once_per_session', violation_error_message='Ce questionnaire a déjà été envoyé après cette séance.'),
        ),
        migrations.AddConstraint(
            model_name='survey',
            constraint=models.CheckConstraint(condition=models.Q(('reminder_days__gte', 7)), name='survey_waits_a_week_between_mails', violation_error_message='Une semaine au moins entre deux relances.'),
        ),
    ]
