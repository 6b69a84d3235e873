#!/bin/sh
# Runs `deploy.local` with the first Python of this machine that is new enough and works: a version manager's shim may
# be on PATH and still fail.
cd "$(dirname "$0")/../.." || exit 1
for python in "${POSTVENTA_PYTHON:-}" python3 python python3.14 python3.13 python3.12 python3.11 python3.10 python3.9; do
    if [ -n "$python" ] && "$python" -c 'import sys; sys.exit(sys.version_info < (3, 9))' >/dev/null 2>&1; then
        exec "$python" -m deploy.local "$@"
    fi
done
echo "Stopped: no working Python 3.9 or later is on PATH." >&2
echo "What to do: install python3, or name one: make run POSTVENTA_PYTHON=/path/to/python3" >&2
exit 1
