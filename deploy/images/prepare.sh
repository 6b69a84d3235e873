#!/bin/sh
# What a release does once before its processes start. Safe to repeat; the old release may go on serving meanwhile.
set -eu
python manage.py migrate --no-input
if python -c 'import django; django.setup(); from django.conf import settings; raise SystemExit(not settings.SANDBOX)'; then
    python manage.py load_demo
    python manage.py articles import
    python manage.py demo_staff
fi
