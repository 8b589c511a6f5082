import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('store', '0051_credited'),
    ]

    operations = [
        migrations.AddField(
            model_name='monthclose',
            name='reopened_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='statementline',
            name='alias',
            field=models.CharField(blank=True, db_default='', default='', max_length=100),
        ),
        migrations.CreateModel(
            name='MonthWork',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=10)),
                ('month', models.DateField()),
                ('created_at', models.DateTimeField()),
                ('done_at', models.DateTimeField(null=True)),
                ('state', models.CharField(default='waiting', max_length=8)),
                ('tries', models.SmallIntegerField(default=0)),
                ('name', models.CharField(blank=True, max_length=200)),
                ('size', models.BigIntegerField(default=0)),
                ('replace', models.BooleanField(default=False)),
                ('titles', models.JSONField(default=list)),
                ('sample', models.BinaryField(null=True)),
                ('mapping', models.JSONField(default=dict)),
                ('is_mapped', models.BooleanField(default=False)),
                ('rows_read', models.PositiveIntegerField(default=0)),
                ('given', models.JSONField(default=dict)),
                ('fault', models.CharField(blank=True, max_length=40)),
                ('fault_facts', models.JSONField(default=dict)),
                ('account', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='store.carrieraccount')),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL)),
                ('statement', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, to='store.statement')),
            ],
        ),
        migrations.CreateModel(
            name='WorkPiece',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('number', models.IntegerField()),
                ('content', models.BinaryField()),
                ('work', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='store.monthwork')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('work', 'number'), name='piece_once')],
            },
        ),
        migrations.AddIndex(
            model_name='monthwork',
            index=models.Index(fields=['month', '-id'], name='work_of_month'),
        ),
        migrations.AddIndex(
            model_name='monthwork',
            index=models.Index(condition=models.Q(('state__in', ['waiting', 'running', 'asked', 'refused'])), fields=['created_at'], name='work_open'),
        ),
    ]
